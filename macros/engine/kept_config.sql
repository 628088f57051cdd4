{# How a model keeps its rows between runs. On Spark it does not: a Parquet table has no
   transaction that would hold its rows and their digests together, so it is built whole.

   kept_config() -> dict for config() #}
{% macro kept_config() -%}
    {{ return(adapter.dispatch('kept_config', 'customer_segments')()) }}
{%- endmacro %}

{% macro default__kept_config() -%}
    {{ return({
        'materialized': 'incremental',
        'incremental_strategy': 'append',
        'on_schema_change': 'fail'
    }) }}
{%- endmacro %}

{% macro spark__kept_config() -%}
    {{ return({'materialized': 'table'}) }}
{%- endmacro %}

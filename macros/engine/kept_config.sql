{# How a model keeps its rows between runs. On Spark it does not: a Parquet table has no
   transaction that would hold its rows and their digests together, so it is built whole.

   kept_config(while_same: as kept_between_runs) -> dict for config() #}
{% macro kept_config(while_same) -%}
    {{ return(adapter.dispatch('kept_config', 'customer_segments')(while_same)) }}
{%- endmacro %}

{% macro default__kept_config(while_same) -%}
    {{ return({
        'materialized': 'incremental',
        'incremental_strategy': 'append',
        'pre_hook': '{{ reopen_dates("' ~ while_same ~ '") }}',
    }) }}
{%- endmacro %}

{% macro spark__kept_config(while_same) -%}
    {{ return({'materialized': 'table'}) }}
{%- endmacro %}

{# Compares what is known of each date today with what its rows were computed from, writes down
   which dates are open, and takes their rows away.

   reopen_dates(while_same: as kept_between_runs) -> SQL statements #}
{% macro reopen_dates(while_same) -%}
    {% set kept = kept_dates() -%}
    create or replace table {{ kept }} as
    select
        known.observed_on,
        known.digest,
        {% if is_incremental() -%}
            known.observed_on >= min(case when known.is_as_of or kept.digest is null then known.observed_on end) over ()
        {%- else -%}
            true
        {%- endif %} as is_open,
        '{{ rules_digest() }}' as rules_digest

    from {{ ref(while_same) }} as known

    {% if is_incremental() -%}
        left join {{ kept }} as kept
            on known.observed_on = kept.observed_on and known.digest = kept.digest;

    delete from {{ this }}
    where observed_on not in (select observed_on from {{ kept }} where not is_open)
    {%- endif %}
{%- endmacro %}

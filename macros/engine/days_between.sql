{# Whole days from one date to another; negative when the second is earlier.

   days_between(from_date: SQL date, to_date: SQL date) -> SQL bigint #}
{% macro days_between(from_date, to_date) -%}
    {{ return(adapter.dispatch('days_between', 'customer_segments')(from_date, to_date)) }}
{%- endmacro %}

{% macro default__days_between(from_date, to_date) -%}
    cast({{ to_date }} - {{ from_date }} as bigint)
{%- endmacro %}

{% macro spark__days_between(from_date, to_date) -%}
    cast(datediff({{ to_date }}, {{ from_date }}) as bigint)
{%- endmacro %}

{# One row per day from the first date to the last, both included: a column to select.

   each_day(first: SQL date, last: SQL date) -> SQL date, one row per day #}
{% macro each_day(first, last) -%}
    {{ return(adapter.dispatch('each_day', 'customer_segments')(first, last)) }}
{%- endmacro %}

{% macro default__each_day(first, last) -%}
    cast(unnest(generate_series({{ first }}, {{ last }}, interval 1 day)) as date)
{%- endmacro %}

{% macro spark__each_day(first, last) -%}
    explode(case when {{ first }} <= {{ last }} then sequence({{ first }}, {{ last }}) end)
{%- endmacro %}

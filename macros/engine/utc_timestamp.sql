{# A raw value as a timestamp in UTC, or null where it is none. A value with an offset is
   converted; one without is taken to be in UTC already.

   utc_timestamp(value: SQL string, date or timestamp) -> SQL timestamp #}
{% macro utc_timestamp(value) -%}
    {{ return(adapter.dispatch('utc_timestamp', 'customer_segments')(value)) }}
{%- endmacro %}

{% macro default__utc_timestamp(value) -%}
    timezone('UTC', try_cast({{ value }} as timestamptz))
{%- endmacro %}

{% macro spark__utc_timestamp(value) -%}
    try_cast({{ value }} as timestamp)
{%- endmacro %}

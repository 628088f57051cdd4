{# A raw value as a timestamp in UTC, or null where it is none. A value with an offset is
   converted; one without is taken to be in UTC already.

   On DuckDB only a cast to timestamptz reads the offset, and it costs thirty times a cast to
   timestamp; typeof is known before the first row, so that native values do not pay for it.

   utc_timestamp(value: SQL string, date or timestamp) -> SQL timestamp #}
{% macro utc_timestamp(value) -%}
    {{ return(adapter.dispatch('utc_timestamp', 'customer_segments')(value)) }}
{%- endmacro %}

{% macro default__utc_timestamp(value) -%}
    case
        when typeof({{ value }}) in ('TIMESTAMP', 'DATE') then try_cast({{ value }} as timestamp)
        else timezone('UTC', try_cast({{ value }} as timestamptz))
    end
{%- endmacro %}

{% macro spark__utc_timestamp(value) -%}
    try_cast({{ value }} as timestamp)
{%- endmacro %}

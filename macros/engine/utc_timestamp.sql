{# A raw value as a timestamp in UTC, or null where it is none. A value with an offset is
   converted; one without is taken to be in UTC already.

   Text has to look like a date, YYYY-MM-DD or YYYY/MM/DD, alone or with a time of day. What else
   an engine would read differs: Spark takes a year, or 12:30 of the day it runs; DuckDB
   'infinity'.

   On DuckDB only a cast to timestamptz reads the offset, and it costs thirty times a cast to
   timestamp; typeof is known before the first row, so that native values do not pay for it.

   utc_timestamp(value: SQL string, date or timestamp) -> SQL timestamp #}
{% macro utc_timestamp(value) -%}
    {{ return(adapter.dispatch('utc_timestamp', 'customer_segments')(value)) }}
{%- endmacro %}

{% macro default__utc_timestamp(value) -%}
    case
        when typeof({{ value }}) in ('TIMESTAMP', 'DATE') then try_cast({{ value }} as timestamp)
        when regexp_matches(cast({{ value }} as string), {{ timestamp_pattern() }})
            then timezone('UTC', try_cast({{ value }} as timestamptz))
    end
{%- endmacro %}

{% macro spark__utc_timestamp(value) -%}
    case
        when typeof({{ value }}) in ('timestamp', 'timestamp_ntz', 'date') then try_cast({{ value }} as timestamp)
        when cast({{ value }} as string) rlike {{ timestamp_pattern() }}
            then try_cast(replace(cast({{ value }} as string), '/', '-') as timestamp)
    end
{%- endmacro %}

{# timestamp_pattern() -> SQL string literal, a regular expression that both engines read alike #}
{% macro timestamp_pattern() -%}
    '^ *[0-9]{4}(-[0-9]{1,2}-|/[0-9]{1,2}/)[0-9]{1,2}([ T]([01]?[0-9]|2[0-3]):[0-5]?[0-9](:[0-5]?[0-9]([.][0-9]{1,9})?)?(Z| UTC|[+-][0-9]{2}(:?[0-9]{2})?)?)?$'
{%- endmacro %}

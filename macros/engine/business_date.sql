{# The day of a raw value in the business time zone, or null where it is no date. A value
   without a time of day is a date already and stays what it says.

   business_date(value: SQL string, date or timestamp) -> SQL date #}
{% macro business_date(value) -%}
    {% if var('business_timezone') == 'UTC' -%}
        cast({{ utc_timestamp(value) }} as date)
    {%- else -%}
        case
            when length(cast({{ value }} as string)) <= 10
                then cast({{ utc_timestamp(value) }} as date)
            else cast({{ in_business_timezone(utc_timestamp(value)) }} as date)
        end
    {%- endif %}
{%- endmacro %}

{# in_business_timezone(utc: SQL timestamp) -> SQL timestamp, the wall clock of the shop #}
{% macro in_business_timezone(utc) -%}
    {{ return(adapter.dispatch('in_business_timezone', 'customer_segments')(utc)) }}
{%- endmacro %}

{% macro default__in_business_timezone(utc) -%}
    timezone({{ text_literal(var('business_timezone')) }}, timezone('UTC', {{ utc }}))
{%- endmacro %}

{% macro spark__in_business_timezone(utc) -%}
    from_utc_timestamp({{ utc }}, {{ text_literal(var('business_timezone')) }})
{%- endmacro %}

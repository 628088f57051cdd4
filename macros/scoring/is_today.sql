{# Whether a date is the one that is looked at today. Each table that holds one row per customer and
   date is asked for itself: joined by the date to today's customers alone, DuckDB would read every
   date of it.

   is_today(date: SQL date) -> SQL boolean #}
{% macro is_today(date) -%}
    {{ date }} in (
        select today.observed_on from {{ ref('int_observation_dates') }} as today
        where today.is_as_of
    )
{%- endmacro %}

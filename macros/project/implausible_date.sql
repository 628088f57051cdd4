{# The reason to reject a row for its date, or null: more than a day after it was loaded, or
   before the var earliest_plausible_date: shops keep placeholders there (0001-01-01, 1899-12-30).

   implausible_date(date: SQL date, loaded_on: SQL date) -> SQL string #}
{% macro implausible_date(date, loaded_on) -%}
    case
        when {{ date }} > {{ add_days(loaded_on, 1) }} then 'date_in_future'
        when {{ date }} < {{ date_var('earliest_plausible_date') }} then 'implausible_date'
    end
{%- endmacro %}

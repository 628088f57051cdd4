{# Whole years from a day of birth to a date: one more on each birthday, which for who was born on
   29 February is 1 March in years without one.

   years_between(from_date: SQL date, to_date: SQL date) -> SQL bigint #}
{% macro years_between(from_date, to_date) -%}
    cast(
        year({{ to_date }}) - year({{ from_date }})
        - case
            when
                month({{ to_date }}) * 100 + day({{ to_date }})
                < month({{ from_date }}) * 100 + day({{ from_date }})
                then 1
            else 0
        end as bigint
    )
{%- endmacro %}

{# How many month-ends lie between two dates: 0 within a month, 1 from any day of it to any of
   the next.

   months_between(from_date: SQL date, to_date: SQL date) -> SQL bigint #}
{% macro months_between(from_date, to_date) -%}
    cast(
        (year({{ to_date }}) - year({{ from_date }})) * 12
        + month({{ to_date }}) - month({{ from_date }}) as bigint
    )
{%- endmacro %}

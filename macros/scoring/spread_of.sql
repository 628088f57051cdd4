{# The standard deviation of numbers that are rounded to 9 digits, from exact sums, so that it does
   not depend on their order.

   spread_of(number: SQL double with 9 digits) -> SQL double; null where there is none #}
{% macro spread_of(number) -%}
    sqrt(greatest(
        {{ mean_of('(' ~ number ~ ') * (' ~ number ~ ')') }} - power({{ mean_of(number) }}, 2), 0
    ))
{%- endmacro %}

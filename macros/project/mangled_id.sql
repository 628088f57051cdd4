{# Whether an id is a number a spreadsheet has rounded (1.23E+11): which one it was is lost, and
   several become one.

   mangled_id(value: SQL string) -> SQL boolean #}
{% macro mangled_id(value) -%}
    coalesce(
        ({{ value }} like '%E+%' or {{ value }} like '%e+%')
        and try_cast({{ value }} as double) is not null,
        false
    )
{%- endmacro %}

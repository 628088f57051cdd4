{# Whether an id is a number a spreadsheet has rounded (1.23E+11): which one it was is lost, and
   several become one.

   mangled_id(value: SQL string) -> SQL boolean #}
{% macro mangled_id(value) -%}
    coalesce(
        upper({{ value }}) like '%E+%' and try_cast({{ value }} as double) is not null,
        false
    )
{%- endmacro %}

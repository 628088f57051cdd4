{# Whether a cell of a decision table allows a level: the cell says any, names the level, or names
   several separated by |.

   allows(cell: SQL string, level: SQL string) -> SQL boolean #}
{% macro allows(cell, level) -%}
    (
        {{ cell }} = 'any'
        or contains(concat('|', {{ cell }}, '|'), concat('|', {{ level }}, '|'))
    )
{%- endmacro %}

{# The rows that a unit test gives, in place of dbt's macro of this name: one list of values. dbt's
   own text, a select per row, is a plan as deep as there are rows, and a seed of three hundred
   overflows Spark's stack. A cell of a seed that is empty is no number and no date: null.

   get_fixture_sql(
       rows: list of mappings of column to value,
       column_name_to_data_types: mapping, or none for a relation that is there
   ) -> SQL select; a column that is not given is null #}
{% macro get_fixture_sql(rows, column_name_to_data_types) -%}
    {% set types = {} -%}
    {% do types.update(column_name_to_data_types or {}) -%}
    {% if not types -%}
        {% for column in adapter.get_columns_in_relation(this) -%}
            {% do types.update({column.name | lower: column.data_type}) -%}
        {% endfor -%}
    {% endif -%}
    {% if not rows or not types -%}
        {{ return(dbt.get_fixture_sql(rows, column_name_to_data_types)) }}
    {%- endif -%}
    {% set lines = [] -%}
    {% for row in rows -%}
        {% set filled = {} -%}
        {% for name, value in row.items() -%}
            {% set type = types.get(name | lower, '') | lower -%}
            {% set is_text = 'char' in type or type in ('string', 'text') -%}
            {% do filled.update({name: value if is_text or value != '' else none}) -%}
        {% endfor -%}
        {% set given = format_row(filled, types) -%}
        {% set cells = [] -%}
        {% for name, type in types.items() -%}
            {% do cells.append(given[name] if name in given else safe_cast('null', type)) -%}
        {% endfor -%}
        {% do lines.append('(' ~ cells | map('trim') | join(', ') ~ ')') -%}
    {% endfor -%}
    {{ return(
        'select * from (values\n' ~ lines | join(',\n') ~ '\n) as given (' ~ types | join(', ') ~ ')'
    ) }}
{%- endmacro %}

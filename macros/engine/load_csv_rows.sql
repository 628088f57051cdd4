{# The rows of a seed, inserted as dbt's own macro of this name does for Spark, but with an empty
   cell as null (there it becomes the text None) and quotes and backslashes kept (there they end
   the literal).

   spark__load_csv_rows(model: node of the seed, agate_table: its rows) -> SQL insert, already run #}
{% macro spark__load_csv_rows(model, agate_table) -%}
    {% set types = model['config'].get('column_types', {}) -%}
    {% set rows = [] -%}
    {% for row in agate_table.rows -%}
        {% set cells = [] -%}
        {% for name in agate_table.column_names -%}
            {% set type = types.get(name, adapter.convert_type(agate_table, loop.index0)) -%}
            {% do cells.append('cast(' ~ spark_literal(row[loop.index0]) ~ ' as ' ~ type ~ ')') -%}
        {% endfor -%}
        {% do rows.append('(' ~ cells | join(', ') ~ ')') -%}
    {% endfor -%}
    {% set sql = 'insert into ' ~ this.render() ~ ' values ' ~ rows | join(', ') -%}
    {% if rows -%}
        {% do adapter.add_query(sql, abridge_sql_log=True) -%}
    {% endif -%}
    {{ return(sql) }}
{%- endmacro %}

{# spark_literal(value: anything or none) -> SQL string literal, or null #}
{% macro spark_literal(value) -%}
    {% if value is none -%}
        {{ return('null') }}
    {%- endif -%}
    {{ return("'" ~ (value | string).replace('\\', '\\\\').replace("'", "\\'") ~ "'") }}
{%- endmacro %}

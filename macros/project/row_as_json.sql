{# A raw row as one line of JSON, every value as text, nulls left out. Columns with personal
   data are left out too: the line reaches the served file.

   row_as_json(raw_table: name of a table of the raw source, rows: relation alias) -> SQL string #}
{% macro row_as_json(raw_table, rows) -%}
    '{' || concat_ws(
        ', '
        {%- for column in public_columns(raw_table) %},
        '"{{ column }}": "' || {{ json_escaped('cast(' ~ rows ~ '.' ~ column ~ ' as string)') }} || '"'
        {%- endfor %}
    ) || '}'
{%- endmacro %}

{# The columns of a raw table that hold no personal data, by models/staging/__sources.yml;
   without the shop's own customer ids where customers go by pseudonyms.

   public_columns(raw_table: string) -> list of column names; empty while dbt parses, when the
   graph is not known yet #}
{% macro public_columns(raw_table) -%}
    {% set columns = [] -%}
    {% if execute -%}
        {% for column in graph.sources['source.customer_segments.raw.' ~ raw_table].columns.values()
            if column.name not in ('load_id', 'source_line', 'loaded_on')
            and not column.config.meta.contains_pii
            and not (
                var('pseudonymise_customers')
                and column.name in ('customer_id', 'raw_customer_id')
            ) -%}
            {% do columns.append(column.name) -%}
        {%- endfor %}
    {%- endif %}
    {{ return(columns) }}
{%- endmacro %}

{# Text fit for the inside of a JSON string; tabs and line ends become spaces. chr(92) is the
   backslash, which the engines write differently in a literal.

   json_escaped(text: SQL string) -> SQL string #}
{% macro json_escaped(text) -%}
    replace(
        replace(
            translate({{ text }}, chr(9) || chr(10) || chr(13), '   '),
            chr(92), chr(92) || chr(92)
        ),
        '"', chr(92) || '"'
    )
{%- endmacro %}

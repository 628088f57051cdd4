{# A raw row as one line of JSON, every value as text, nulls left out. Columns with personal
   data are not to be listed: the line reaches the served file.

   row_as_json(columns: list of column names) -> SQL string #}
{% macro row_as_json(columns) -%}
    '{' || concat_ws(
        ', '
        {%- for column in columns %},
        '"{{ column }}": "' || {{ json_escaped('cast(' ~ column ~ ' as string)') }} || '"'
        {%- endfor %}
    ) || '}'
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

{# A raw value as text without surrounding spaces; null where nothing is left.

   blank_to_null(value: any SQL value) -> SQL string #}
{% macro blank_to_null(value) -%}
    nullif({{ trim_spaces('cast(' ~ value ~ ' as string)') }}, '')
{%- endmacro %}

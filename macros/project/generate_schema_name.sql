{# The schema is the folder's name as it stands, without a prefix: readers type marts.customer_segments.

   generate_schema_name(custom_schema_name: string or none, node) -> string #}
{% macro generate_schema_name(custom_schema_name, node) -%}
    {{ (custom_schema_name or target.schema) | trim }}
{%- endmacro %}

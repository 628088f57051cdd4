{# The MD5 of a text in UTF-8, as 32 lower-case hex digits: the same on every engine.

   md5_hex(text: SQL string) -> SQL string #}
{% macro md5_hex(text) -%}
    {{ return(adapter.dispatch('md5_hex', 'customer_segments')(text)) }}
{%- endmacro %}

{% macro default__md5_hex(text) -%}
    md5({{ text }})
{%- endmacro %}

{% macro spark__md5_hex(text) -%}
    md5(encode({{ text }}, 'UTF-8'))
{%- endmacro %}

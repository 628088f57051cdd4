{# A var as a quoted SQL text. Anything but letters, digits and / _ + - : . is refused, so that
   no var can carry SQL.

   text_literal(value: string) -> SQL string; raises a compiler error for other characters #}
{% macro text_literal(value) -%}
    {% if not modules.re.match('^[A-Za-z0-9/_+:.-]+$', value | string) -%}
        {{ exceptions.raise_compiler_error(
            "The value '" ~ value ~ "' of a var may hold only letters, digits and / _ + - : ."
        ) }}
    {%- endif -%}
    '{{ value }}'
{%- endmacro %}

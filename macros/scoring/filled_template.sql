{# A sentence of the catalogue with a customer's own numbers in it. A number that is not known
   leaves nothing behind, rather than no sentence.

   filled_template(
       template: SQL string with {placeholders},
       numbers: mapping of placeholder, without braces, to SQL value
   ) -> SQL string #}
{% macro filled_template(template, numbers) -%}
    {% set filled = namespace(sql=template) -%}
    {% for placeholder, number in numbers.items() -%}
        {% set filled.sql -%}
            replace({{ filled.sql }}, '{{ '{' ~ placeholder ~ '}' }}', coalesce(cast({{ number }} as string), ''))
        {%- endset %}
    {%- endfor %}
    {{- filled.sql }}
{%- endmacro %}

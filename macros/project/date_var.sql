{# A var that holds a date, as SQL; null where it is empty.

   date_var(name: string) -> SQL date; raises a compiler error unless YYYY-MM-DD #}
{% macro date_var(name) -%}
    {% set value = var(name) | string -%}
    {% if value == '' -%}
        cast(null as date)
    {%- elif modules.re.match('^\\d{4}-\\d{2}-\\d{2}$', value) -%}
        cast('{{ value }}' as date)
    {%- else -%}
        {{ exceptions.raise_compiler_error(
            "The var " ~ name ~ " is '" ~ value ~ "': write it as YYYY-MM-DD."
        ) }}
    {%- endif %}
{%- endmacro %}

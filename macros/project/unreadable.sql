{# Whether a raw value says something that its type cannot hold: text in a number's place.

   unreadable(raw: any SQL value, typed: the same after try_cast) -> SQL boolean #}
{% macro unreadable(raw, typed) -%}
    {{ typed }} is null and {{ blank_to_null(raw) }} is not null
{%- endmacro %}

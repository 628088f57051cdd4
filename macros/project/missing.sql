{# Whether a raw value says nothing. The typed value is asked first: it is cheap, and where it is
   there the text need not be made.

   missing(raw: any SQL value, typed: the same after try_cast) -> SQL boolean #}
{% macro missing(raw, typed) -%}
    {{ typed }} is null and {{ blank_to_null(raw) }} is null
{%- endmacro %}

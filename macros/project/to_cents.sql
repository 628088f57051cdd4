{# An amount rounded half up (away from zero) to two decimals. The product of two decimals is
   wider than either; both engines round a decimal the same way, a double they do not.

   to_cents(amount: SQL decimal) -> SQL decimal #}
{% macro to_cents(amount) -%}
    round({{ amount }}, 2)
{%- endmacro %}

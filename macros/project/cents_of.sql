{# A floating-point amount of money as a decimal, rounded half up to cents the same way on every
   engine: a double cast to a decimal is not.

   cents_of(amount: SQL double) -> SQL decimal(18, 2) #}
{% macro cents_of(amount) -%}
    cast(cast(floor(({{ amount }}) * 100 + 0.5) as bigint) * 0.01 as decimal(18, 2))
{%- endmacro %}

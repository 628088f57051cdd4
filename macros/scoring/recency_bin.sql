{# A bin of days since the last order: each is 1.41 times as wide as the one before, because the
   days of a recent buyer tell more than those of one long gone. The billionth keeps a bound of two
   bins (1, 3, 7, … days) from falling to floating-point noise.

   recency_bin(days: SQL number, 0 or more) -> SQL bigint #}
{% macro recency_bin(days) -%}
    cast(floor(2 * ln(1 + {{ days }}) / ln(2) + 1e-9) as bigint)
{%- endmacro %}

{# The mean of probabilities that are rounded to 9 digits, itself rounded to 9. Summed as whole
   billionths: a sum of floating-point numbers depends on their order, which no engine keeps, and
   the mean of two such probabilities lies often enough half-way between two digits.

   mean_of(probability: SQL double with 9 digits) -> SQL double; null where there is none #}
{% macro mean_of(probability) -%}
    floor(
        cast(sum(cast(floor({{ probability }} * 1e9 + 0.5) as bigint)) as double)
        / nullif(count({{ probability }}), 0)
        + 0.5
    ) / 1e9
{%- endmacro %}

{# A score from 1 to 5 from a percentile in (0, 1): its fifth, counted from the bottom.

   quintile(percentile: SQL double) -> SQL int #}
{% macro quintile(percentile) -%}
    cast(ceil(5 * {{ percentile }}) as int)
{%- endmacro %}

{# Which bands of the catalogue cut value tiers: percentiles, or money in the second mode.

   value_tier_measure() -> SQL string; raises a compiler error for another value_tier_mode #}
{% macro value_tier_measure() -%}
    {% if var('value_tier_mode') not in ('percentile', 'money') -%}
        {{ exceptions.raise_compiler_error(
            "The var value_tier_mode is '" ~ var('value_tier_mode') ~ "': use percentile or money."
        ) }}
    {%- endif -%}
    '{{ "revenue_percentile" if var("value_tier_mode") == "percentile" else "money" }}'
{%- endmacro %}

{# What those bands are held against.

   value_tier_value(percentile: SQL double, amount: SQL decimal) -> SQL number #}
{% macro value_tier_value(percentile, amount) -%}
    {{ percentile if var('value_tier_mode') == 'percentile' else amount }}
{%- endmacro %}

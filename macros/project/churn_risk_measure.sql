{# Which bands of the catalogue cut churn risk: odds against the average customer of the date, or
   the probability itself in the second mode.

   churn_risk_measure() -> SQL string; raises a compiler error for another churn_risk_mode #}
{% macro churn_risk_measure() -%}
    {% if var('churn_risk_mode') not in ('odds', 'absolute') -%}
        {{ exceptions.raise_compiler_error(
            "The var churn_risk_mode is '" ~ var('churn_risk_mode') ~ "': use odds or absolute."
        ) }}
    {%- endif -%}
    '{{ "odds_ratio" if var("churn_risk_mode") == "odds" else "churn_probability" }}'
{%- endmacro %}

{# What those bands are held against.

   churn_risk_value(scored: relation alias with churn_odds_ratio, churn_probability) -> SQL double #}
{% macro churn_risk_value(scored) -%}
    {{ scored }}.{{ 'churn_odds_ratio' if var('churn_risk_mode') == 'odds' else 'churn_probability' }}
{%- endmacro %}

{# What one signal adds to the log-odds of an order: its coefficient per standard deviation above
   the mean, no further than five of them. scripts/lib/churn/ridge.py says what is learned how.

   churn_correction_term(
       signals: relation alias with a column of that name,
       corrections: relation alias with its _mean, _scale and _coefficient,
       signal: name
   ) -> SQL double #}
{% macro churn_correction_term(signals, corrections, signal) -%}
    {{ corrections }}.{{ signal }}_coefficient * greatest(-5, least(5, (
        {{ signals }}.{{ signal }} - {{ corrections }}.{{ signal }}_mean
    ) / {{ corrections }}.{{ signal }}_scale))
{%- endmacro %}

{# The probability of an order, its odds multiplied; written so that 0 and 1 stay what they are.

   churn_p_order_corrected(p_order: SQL double, order_odds_factor: SQL double, null where no
   correction holds) -> SQL double #}
{% macro churn_p_order_corrected(p_order, order_odds_factor) -%}
    case
        when {{ order_odds_factor }} is null then {{ p_order }}
        else
            {{ p_order }} * {{ order_odds_factor }}
            / (1 - {{ p_order }} + {{ p_order }} * {{ order_odds_factor }})
    end
{%- endmacro %}

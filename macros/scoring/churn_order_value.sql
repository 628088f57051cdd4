{# What a customer's next purchase day is worth.

   Gamma-Gamma (Fader & Hardie 2013): p * (v + n * m) / (p * n + q - 1), m the mean value of the n
   purchase days seen. Where it does not hold, Buehlmann's credibility mean: (n * m + k * mean of
   all) / (n + k). Revenue refunded away counts as none.

   churn_order_value(
       fit: relation alias with value_method, p, q, v, mean_purchase_value, credibility_k,
       purchase_days: SQL number (n),
       net_revenue: SQL number, of all purchase days together (n * m)
   ) -> SQL double, in the currency of net_revenue; null without a value model #}
{% macro churn_order_value(fit, purchase_days, net_revenue) -%}
    case {{ fit }}.value_method
        when 'gamma_gamma'
            then
                {{ fit }}.p * ({{ fit }}.v + greatest(cast({{ net_revenue }} as double), 0))
                / ({{ fit }}.p * {{ purchase_days }} + {{ fit }}.q - 1)
        when 'credibility'
            then
                (
                    greatest(cast({{ net_revenue }} as double), 0)
                    + {{ fit }}.credibility_k * {{ fit }}.mean_purchase_value
                )
                / ({{ purchase_days }} + {{ fit }}.credibility_k)
    end
{%- endmacro %}

{# The probability of at least one order in the next days, under MBG/NBD. Its complement is the
   churn risk; that is never 1 - P(alive), which says nothing about when.

   p_alive * (1 - ((alpha + T) / (alpha + T + horizon)) ^ (r + x)): while alive a customer orders
   at a rate from Gamma(r + x, alpha + T).

   churn_p_order(
       fit: relation alias with r, alpha, a, b,
       p_alive: SQL double, from churn_p_alive,
       x: SQL number, purchase days after the first,
       age: SQL number, days from the first order to the day we look (T),
       horizon: SQL number, days ahead
   ) -> SQL double, 0..1; null without a fit or an order #}
{% macro churn_p_order(fit, p_alive, x, age, horizon) -%}
    {{ p_alive }} * (
        1 - exp(-({{ fit }}.r + {{ x }}) * ln(1 + {{ horizon }} / ({{ fit }}.alpha + {{ age }})))
    )
{%- endmacro %}

{# The orders to expect in the next days from a customer who is still alive, under MBG/NBD; times
   P(alive) it is the orders to expect. Summed over the nodes of churn_quadrature it is the mean,
   over the probability p ~ Beta(a, b + x + 1) that an order is the last, of
       (1 - (1 + p * horizon / (alpha + T)) ^ -(r + x)) / p.
   The textbook's 2F1 is the same integral, but overflows or cancels for loyal customers.

   churn_orders_at_node(
       fit: relation alias with r, alpha,
       node: relation alias with p_dropout, weight_per_p,
       x: SQL number, purchase days after the first,
       age: SQL number, days from the first order to the day we look (T),
       horizon: SQL number, days ahead
   ) -> SQL double, to be summed over the nodes #}
{% macro churn_orders_at_node(fit, node, x, age, horizon) -%}
    {{ node }}.weight_per_p * {{ _p_times_orders(fit, node, x, age, horizon) }}
{%- endmacro %}

{# The same over twelve months, each month's orders discounted from the month's end: the sum over
   months i of (orders to month i - orders to month i - 1) / (1 + annual_rate) ^ (i / 12). Gathered
   by month, the orders to each enter once, times what the discount factor loses after it.

   churn_discounted_orders_at_node(
       fit, node, x, age: as above,
       annual_rate: number, 0.10 for 10 % a year,
       days_per_month: number
   ) -> SQL double, to be summed over the nodes #}
{% macro churn_discounted_orders_at_node(
    fit, node, x, age, annual_rate, days_per_month=30.4375
) -%}
    {{ node }}.weight_per_p * (
        {%- for month in range(1, 13) %}
        {%- set discount = (1 + annual_rate) ** (-month / 12) %}
        {%- set discount_after = (1 + annual_rate) ** (-(month + 1) / 12) if month < 12 else 0 %}
        {{ '+ ' if not loop.first }}{{ '%.17e' | format(discount - discount_after) }}
        * {{ _p_times_orders(fit, node, x, age, days_per_month * month) }}
        {%- endfor %}
    )
{%- endmacro %}

{# 1 - (1 + z) ^ -(r + x) with z = p * horizon / (alpha + T). Both z and the result may be so small
   that 1 + z and 1 - exp lose every digit, so: ln(1 + z) = 2 atanh(z / (z + 2)), and
   1 - exp(-2y) = 2 / (1 + 1 / tanh(y)). #}
{% macro _p_times_orders(fit, node, x, age, horizon) -%}
    2 / (1 + 1 / tanh(({{ fit }}.r + {{ x }}) * atanh(
        1 / (1 + 2 * ({{ fit }}.alpha + {{ age }}) / ({{ node }}.p_dropout * {{ horizon }}))
    )))
{%- endmacro %}

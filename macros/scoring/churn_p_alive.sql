{# The probability that a customer may order again, under MBG/NBD.

   With R = r + x: 1 / (1 + a / (b + x) * ((alpha + T) / (alpha + t_x)) ^ R), by its logarithm, so
   that no power overflows; exp of a large number is infinite on both engines, and the
   probability 0. A prospect has x = -1 and no dates: the logarithm is kept from failing, and
   the result is null. Batislam, Denizel & Filiztekin (2007); Hoppe & Wagner (2007).

   churn_p_alive(
       fit: relation alias with r, alpha, a, b,
       x: SQL number, purchase days after the first,
       t_x: SQL number, days from the first order to the last,
       age: SQL number, days from the first order to the day we look (T)
   ) -> SQL double, 0..1; null without a fit or an order #}
{% macro churn_p_alive(fit, x, t_x, age) -%}
    1 / (1 + exp(
        ln({{ fit }}.a) - ln({{ fit }}.b + greatest({{ x }}, 0))
        + ({{ fit }}.r + {{ x }})
        * (ln({{ fit }}.alpha + {{ age }}) - ln({{ fit }}.alpha + {{ t_x }}))
    ))
{%- endmacro %}

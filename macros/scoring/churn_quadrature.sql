{# Where, and with what weight, to look at the probability p that an order is the last, which is
   distributed as Beta(a, b + x + 1) among those alive: the trapezoidal rule in logit(p), whose
   error falls exponentially with the step. The nodes lie around the density's peak, at
   ln(a / (b + x + 1)), and narrow with it; what lies beyond the first and the last node is a
   geometric series, added to their weight. 53 nodes hold 5e-7 relative over x to 2,000 and
   a and b from 0.01 to 10,000; the tests measure it against 50-digit arithmetic.

   churn_quadrature_steps() -> SQL relation with one column, step_number: 53 rows #}
{% macro churn_quadrature_steps() -%}
    (
        values
        {%- for number in range(-32, 21) %}
        ({{ number }}){{ ',' if not loop.last }}
        {%- endfor %}
    ) as quadrature_steps (step_number)
{%- endmacro %}

{# churn_quadrature_width(a: SQL double, b_alive: SQL double, b + x + 1) -> SQL double, in logits #}
{% macro churn_quadrature_width(a, b_alive) -%}
    least(0.55, 0.8 * sqrt(1 / {{ a }} + 1 / {{ b_alive }}))
{%- endmacro %}

{# The density of Beta(a, b_alive) over logit(p), 1 at its peak, with the two tails.

   churn_quadrature_density(
       a, b_alive: SQL double,
       logit: SQL double, of the node,
       step_number: SQL int,
       width: SQL double, from churn_quadrature_width
   ) -> SQL double #}
{% macro churn_quadrature_density(a, b_alive, logit, step_number, width) -%}
    exp(
        {{ a }} * (ln(({{ a }} + {{ b_alive }}) / {{ a }}) - ln(1 + exp(-{{ logit }})))
        + {{ b_alive }} * (ln(({{ a }} + {{ b_alive }}) / {{ b_alive }}) - ln(1 + exp({{ logit }})))
    )
    / case {{ step_number }}
        when -32 then 1 - exp(-{{ a }} * {{ width }})
        when 20 then 1 - exp(-{{ b_alive }} * {{ width }})
        else 1
    end
{%- endmacro %}

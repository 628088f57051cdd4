{# The normal quantile behind a two-sided interval of the var interval_confidence.

   confidence_z() -> number; raises a compiler error for a confidence other than .90, .95, .99 #}
{% macro confidence_z() -%}
    {% set quantiles = {0.9: 1.6448536269514722, 0.95: 1.959963984540054, 0.99: 2.5758293035489004} -%}
    {% set confidence = var('interval_confidence') | float -%}
    {% if confidence not in quantiles -%}
        {% do exceptions.raise_compiler_error(
            "The var interval_confidence is '" ~ var('interval_confidence') ~ "': use 0.90, 0.95 or 0.99."
        ) -%}
    {%- endif -%}
    {% do return(quantiles[confidence]) -%}
{%- endmacro %}

{# A bound of the interval of a share (Wilson 1927): keeps within 0 and 1 and holds for few cases,
   and for none.

   wilson_bound(hits: SQL number, trials: SQL number, side: 'lower' or 'upper') -> SQL double, null
   without trials #}
{% macro wilson_bound(hits, trials, side) -%}
    {% set z = confidence_z() -%}
    (
        (2 * {{ hits }} + {{ z * z }}) {{ '-' if side == 'lower' else '+' }} {{ z }} * sqrt(
            {{ z * z }} + 4 * {{ hits }} * (1 - cast({{ hits }} as double) / nullif({{ trials }}, 0))
        )
    ) / (2 * ({{ trials }} + {{ z * z }}))
{%- endmacro %}

{# Half the width of the interval of a mean, or of a sum of independent means, by Welch: Student's
   quantile for the degrees of freedom that Satterthwaite gives, as a series in 1/df around the
   normal one (Cornish and Fisher): 1e-4 off at 8 degrees of freedom, less above.

   welch_half_width(
       variance: SQL double, of the estimate,
       spread: SQL double, the sum of each part's variance squared over its degrees of freedom
   ) -> SQL double, null where nothing varies #}
{% macro welch_half_width(variance, spread) -%}
    {% set z = confidence_z() -%}
    {% set inverse_df -%}
        ({{ spread }} / nullif({{ variance }} * {{ variance }}, 0))
    {%- endset %}
    (
        {{ z }}
        + {{ (z ** 3 + z) / 4 }} * {{ inverse_df }}
        + {{ (5 * z ** 5 + 16 * z ** 3 + 3 * z) / 96 }} * {{ inverse_df }} * {{ inverse_df }}
        + {{ (3 * z ** 7 + 19 * z ** 5 + 17 * z ** 3 - 15 * z) / 384 }}
        * {{ inverse_df }} * {{ inverse_df }} * {{ inverse_df }}
    ) * sqrt({{ variance }})
{%- endmacro %}

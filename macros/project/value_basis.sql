{# Whether value tiers rank this measure: what only one basis needs is read for that one alone.

   is_value_basis(basis: name of a measure) -> SQL boolean; raises a compiler error where the var
   value_basis names no measure #}
{% macro is_value_basis(basis) -%}
    {% set known = [
        'net_revenue_365d', 'net_revenue', 'gross_margin_365d', 'predicted_revenue_365d'
    ] -%}
    {% if var('value_basis') not in known -%}
        {{ exceptions.raise_compiler_error(
            "The var value_basis is '" ~ var('value_basis') ~ "': use " ~ known | join(', ') ~ "."
        ) }}
    {%- endif -%}
    {{ 'true' if var('value_basis') == basis else 'false' }}
{%- endmacro %}

{# What value tiers rank.

   value_basis(observed: alias of int_customers_observed, predictions: alias of
   int_customer_value_predicted) -> SQL decimal #}
{% macro value_basis(observed, predictions) -%}
    case
        when {{ is_value_basis('net_revenue_365d') }} then {{ observed }}.net_revenue_365d
        when {{ is_value_basis('net_revenue') }} then {{ observed }}.net_revenue
        when {{ is_value_basis('gross_margin_365d') }}
            then cast({{ observed }}.gross_margin_365d as decimal(18, 2))
        else {{ predictions }}.predicted_revenue_365d
    end
{%- endmacro %}

{# What it is predicted to be in a year, in the same measure: revenue to come; all revenue; or
   margin, at the share the customer left in the last 365 days.

   projected_value(tiers: alias with value_basis and the revenues, predicted: SQL decimal)
   -> SQL number #}
{% macro projected_value(tiers, predicted) -%}
    case
        when {{ is_value_basis('net_revenue') }} then {{ tiers }}.net_revenue + {{ predicted }}
        when {{ is_value_basis('gross_margin_365d') }}
            then {{ cents_of(
                'cast(' ~ predicted ~ ' as double) * ' ~ tiers ~ '.value_basis'
                ~ ' / nullif(cast(' ~ tiers ~ '.net_revenue_365d as double), 0)'
            ) }}
        else {{ predicted }}
    end
{%- endmacro %}

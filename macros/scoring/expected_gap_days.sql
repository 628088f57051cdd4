{# How many days a customer may be expected to let pass between two purchase days: the own mean
   gap, drawn towards the typical one the less is known of the customer,
   (x * own mean gap + weight * typical gap) / (x + weight), rounded up to whole days. One order
   says nothing about gaps: there the typical gap stands alone.

   expected_gap_days(
       repeat_days: SQL number, purchase days after the first (x),
       days_to_last_order: SQL number, days from the first order to the last (x * own mean gap),
       typical_gap_days: SQL double,
       weight: number, how many gaps of one's own the typical gap is worth
   ) -> SQL bigint; null without a typical gap #}
{% macro expected_gap_days(repeat_days, days_to_last_order, typical_gap_days, weight=3) -%}
    cast(ceil({{ round_to_9_digits(
        '(' ~ days_to_last_order ~ ' + ' ~ weight ~ ' * ' ~ typical_gap_days ~ ')'
        ~ ' / (' ~ repeat_days ~ ' + ' ~ weight ~ ')'
    ) }}) as bigint)
{%- endmacro %}

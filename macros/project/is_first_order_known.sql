{# Whether a first order can be trusted to be the first. Where the history was cut off on
   history_starts_on, a first order in the first full_history_days after that day may be a later one.

   is_first_order_known(first_ordered_on: SQL date) -> SQL boolean #}
{% macro is_first_order_known(first_ordered_on) -%}
    coalesce(
        {{ first_ordered_on }}
        >= {{ add_days(date_var('history_starts_on'), var('full_history_days')) }},
        true
    )
{%- endmacro %}

{# A date moved by whole days.

   add_days(date: SQL date, days: SQL int) -> SQL date #}
{% macro add_days(date, days) -%}
    {{ return(adapter.dispatch('add_days', 'customer_segments')(date, days)) }}
{%- endmacro %}

{% macro default__add_days(date, days) -%}
    ({{ date }} + cast({{ days }} as int))
{%- endmacro %}

{% macro spark__add_days(date, days) -%}
    date_add({{ date }}, cast({{ days }} as int))
{%- endmacro %}

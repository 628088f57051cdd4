{# A part of a whole, rounded to 9 digits so that every engine says the same; null where there
   is no whole.

   share_of(part: SQL number, whole: SQL number) -> SQL double #}
{% macro share_of(part, whole) -%}
    {{ round_to_9_digits('cast(' ~ part ~ ' as double) / nullif(' ~ whole ~ ', 0)') }}
{%- endmacro %}

{# How much more there is than before, as a share of what there was; null where there was nothing.

   growth_of(value: SQL number, previous_value: SQL number) -> SQL double #}
{% macro growth_of(value, previous_value) -%}
    {{ share_of('(' ~ value ~ ' - ' ~ previous_value ~ ')', previous_value) }}
{%- endmacro %}

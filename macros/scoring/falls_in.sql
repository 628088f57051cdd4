{# Whether a value falls in a band of the catalogue. A bound left empty does not bind.

   falls_in(value: SQL number, bands: relation alias with above, at_least, below, up_to)
   -> SQL boolean; false for a null value in a bounded band #}
{% macro falls_in(value, bands) -%}
    ({{ bands }}.above is null or {{ value }} > {{ bands }}.above)
    and ({{ bands }}.at_least is null or {{ value }} >= {{ bands }}.at_least)
    and ({{ bands }}.below is null or {{ value }} < {{ bands }}.below)
    and ({{ bands }}.up_to is null or {{ value }} <= {{ bands }}.up_to)
{%- endmacro %}

{# Whether a value falls in a band of the catalogue. A bound left empty does not bind.

   falls_in(value: SQL number, bands: relation alias with above, at_least, below, up_to)
   -> SQL boolean; false for a null value in a bounded band #}
{% macro falls_in(value, bands) -%}
    ({{ bands }}.above is null or {{ value }} > {{ bands }}.above)
    and ({{ bands }}.at_least is null or {{ value }} >= {{ bands }}.at_least)
    and ({{ bands }}.below is null or {{ value }} < {{ bands }}.below)
    and ({{ bands }}.up_to is null or {{ value }} <= {{ bands }}.up_to)
{%- endmacro %}

{# Whether what a band measures of a row falls in that band: never where it is not known.

   measure_falls_in(row: relation alias with the measures, bands: as for falls_in, with measure;
   measures: list of those that bands are of, each named as its column) -> SQL boolean #}
{% macro measure_falls_in(row, bands, measures) -%}
    {% set value -%}
        case {{ bands }}.measure
            {%- for measure in measures %}
            when '{{ measure }}' then {{ row }}.{{ measure }}
            {%- endfor %}
        end
    {%- endset -%}
    {{ value }} is not null
    and {{ falls_in(value, bands) }}
{%- endmacro %}

{# How many times the odds of one probability are those of another, rounded to 9 digits. A
   certainty has no finite odds: it counts as a billion times.

   odds_ratio(probability: SQL double, reference: SQL double) -> SQL double; null for null #}
{% macro odds_ratio(probability, reference) -%}
    case
        when {{ probability }} is not null and {{ reference }} is not null
            then coalesce(
                {{ round_to_9_digits(
                    probability ~ ' / nullif(1 - ' ~ probability ~ ', 0)'
                    ~ ' * (1 - ' ~ reference ~ ') / nullif(' ~ reference ~ ', 0)'
                ) }},
                1e9
            )
    end
{%- endmacro %}

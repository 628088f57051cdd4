{# Whose rules a date is judged by: its own day's, or today's, as the var rules_in_force says.

   rule_day(day: SQL date, today: SQL date) -> SQL date; raises a compiler error for another var #}
{% macro rule_day(day, today) -%}
    {% if var('rules_in_force') not in ('of_the_day', 'today') -%}
        {{ exceptions.raise_compiler_error(
            "The var rules_in_force is '" ~ var('rules_in_force') ~ "': use of_the_day or today."
        ) }}
    {%- endif -%}
    {{ day if var('rules_in_force') == 'of_the_day' else today }}
{%- endmacro %}

{# The day on which somebody becomes so many years old, as years_between() counts them: 1 March for
   who was born on 29 February, in years without one.

   birthday(born_on: SQL date, age: SQL int) -> SQL date #}
{% macro birthday(born_on, age) -%}
    {{ add_days(
        'make_date(cast(year(' ~ born_on ~ ') + ' ~ age ~ ' as int), month(' ~ born_on ~ '), 1)',
        'day(' ~ born_on ~ ') - 1'
    ) }}
{%- endmacro %}

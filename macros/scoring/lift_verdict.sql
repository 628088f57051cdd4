{# What can be said of a difference between who was contacted and who was held out. A group that is
   too small is called so whatever its interval says: with few cases chance looks like an effect.

   lift_verdict(treated: SQL count, controls: SQL count, lower: SQL double, upper: SQL double)
   -> SQL string, a code of the catalogue's verdicts #}
{% macro lift_verdict(treated, controls, lower, upper) -%}
    case
        when least({{ treated }}, {{ controls }}) < {{ var('min_lift_group') }} then 'too_small'
        when {{ lower }} > 0 then 'worked'
        when {{ upper }} < 0 then 'backfired'
        else 'not_proven'
    end
{%- endmacro %}

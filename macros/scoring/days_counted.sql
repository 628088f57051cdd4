{# Days from one date to another, counted up to a limit beyond which it makes no difference; -1
   where there is no first date.

   days_counted(from_date: SQL date, to_date: SQL date, up_to: SQL int) -> SQL bigint #}
{% macro days_counted(from_date, to_date, up_to) -%}
    case
        when {{ from_date }} is null then -1
        else least({{ days_between(from_date, to_date) }}, {{ up_to }})
    end
{%- endmacro %}

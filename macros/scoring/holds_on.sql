{# Whether a stay held on a day: from its first day on, and not on the day it ended. No `or`, so
   that it may be the condition of an outer join.

   holds_on(stay: relation alias with valid_from, valid_to; date: SQL date) -> SQL boolean #}
{% macro holds_on(stay, date) -%}
    {{ stay }}.valid_from <= {{ date }}
    and coalesce({{ stay }}.valid_to, cast('9999-12-31' as date)) > {{ date }}
{%- endmacro %}

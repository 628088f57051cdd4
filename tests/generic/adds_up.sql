{# A total equals its parts in every row, to the cent, and none of them is null.

   adds_up(total: column name, parts: list of SQL numbers, a part that is taken off with a minus) #}
{% test adds_up(model, total, parts) %}

    select *

    from {{ model }}

    where coalesce({{ total }} <> {{ parts | join(' + ') }}, true)

{% endtest %}

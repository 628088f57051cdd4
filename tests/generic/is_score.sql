{# Scores are whole numbers from 1 to 5; null where nothing was scored.

   is_score(columns: list of column names) #}
{% test is_score(model, columns) %}

    select {{ columns | join(', ') }}

    from {{ model }}

    where
        {%- for column in columns %}
            {{ 'or ' if not loop.first }}{{ column }} not in (1, 2, 3, 4, 5)
        {%- endfor %}

{% endtest %}

{# Counts, day counts and totals are zero or more; null where there is none.

   never_negative(columns: list of column names) #}
{% test never_negative(model, columns) %}

    select {{ columns | join(', ') }}

    from {{ model }}

    where
        {%- for column in columns %}
            {{ 'or ' if not loop.first }}{{ column }} < 0
        {%- endfor %}

{% endtest %}

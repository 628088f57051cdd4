{# Shares, probabilities and percentiles lie in 0..1; null where there is none.

   is_share(columns: list of column names) #}
{% test is_share(model, columns) %}

    select {{ columns | join(', ') }}

    from {{ model }}

    where
        {%- for column in columns %}
            {{ 'or ' if not loop.first }}{{ column }} not between 0 and 1
        {%- endfor %}

{% endtest %}

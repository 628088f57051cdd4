{# The columns together name a row: none is null, and no combination occurs twice.

   one_row_per(columns: list of column names) #}
{% test one_row_per(model, columns) %}

    select
        {{ columns | join(', ') }},
        count(*) as rows_found

    from {{ model }}

    group by {{ columns | join(', ') }}

    having
        count(*) > 1
        {%- for column in columns %}
            or {{ column }} is null
        {%- endfor %}

{% endtest %}

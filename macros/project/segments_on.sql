{# Which segment was each customer in on any day? Exact to the day where is_day_exact, and as of
   the last look on or before that day elsewhere. For a reader without dbt it is
       select customer_id, dimension, category from marts.customer_segment_history
       where valid_from <= '2025-03-14' and (valid_to > '2025-03-14' or valid_to is null)

   segments_on(date: SQL date) -> SQL select of customer_id, dimension, category #}
{% macro segments_on(date) -%}
    select
        history.customer_id,
        history.dimension,
        history.category

    from {{ ref('customer_segment_history') }} as history

    where {{ holds_on('history', date) }}
{%- endmacro %}

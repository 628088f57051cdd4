{# One row per customer, dimension and day from which another category holds than before, from rows
   that say which category holds from a day on. The first category is one.

   changes_of(
       answers: CTE with customer_id, the day and one column per dimension,
       day: column, first day on which the row holds,
       dimensions: list of columns, each named as its dimension
   ) -> SQL select of customer_id, dimension, category, previous_category, changed_on #}
{% macro changes_of(answers, day, dimensions) -%}
    select
        told.customer_id,
        told.dimension,
        told.category,
        told.previous_category,
        told.changed_on

    from (
        select
            compared.customer_id,
            dimensions.dimension,
            compared.changed_on,
            case dimensions.dimension
                {%- for dimension in dimensions %}
                when '{{ dimension }}' then compared.{{ dimension }}
                {%- endfor %}
            end as category,
            case dimensions.dimension
                {%- for dimension in dimensions %}
                when '{{ dimension }}' then compared.previous_{{ dimension }}
                {%- endfor %}
            end as previous_category

        from (
            select
                customer_id,
                {%- for dimension in dimensions %}
                {{ dimension }},
                lag({{ dimension }}) over (partition by customer_id order by {{ day }})
                    as previous_{{ dimension }},
                {%- endfor %}
                {{ day }} as changed_on

            from {{ answers }}
        ) as compared

        cross join (
            {%- for dimension in dimensions %}
            {{ 'union all ' if not loop.first }}select '{{ dimension }}' as dimension
            {%- endfor %}
        ) as dimensions
    ) as told

    where told.category is distinct from told.previous_category
{%- endmacro %}

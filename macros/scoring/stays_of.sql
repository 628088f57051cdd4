{# One row per customer, dimension and unbroken stay in a category, from rows that say which
   category holds from a day on. Rows that repeat the category before them vanish.

   stays_of(
       answers: CTE with customer_id, the day and one column per dimension,
       day: column, first day on which the row holds,
       dimensions: list of columns, each named as its dimension
   ) -> SQL select of customer_id, dimension, category, previous_category, next_category,
   valid_from, valid_to (exclusive; null while the stay lasts) #}
{% macro stays_of(answers, day, dimensions) -%}
    select
        changed.customer_id,
        changed.dimension,
        changed.category,
        changed.previous_category,
        changed.valid_from,
        lead(changed.category) over (
            partition by changed.customer_id, changed.dimension order by changed.valid_from
        ) as next_category,
        lead(changed.valid_from) over (
            partition by changed.customer_id, changed.dimension order by changed.valid_from
        ) as valid_to

    from ({{ changes_of(answers, day, dimensions) }}) as changed
{%- endmacro %}

{# One row per customer, dimension and day on which another category holds than on the one before.

   changes_of(answers, day, dimensions: as for stays_of) -> SQL select of customer_id, dimension,
   category, previous_category, valid_from #}
{% macro changes_of(answers, day, dimensions) -%}
    select
        told.customer_id,
        told.dimension,
        told.category,
        told.previous_category,
        told.valid_from

    from (
        select
            compared.customer_id,
            dimensions.dimension,
            compared.valid_from,
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
                {{ day }} as valid_from

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

-- Tiers are cuts of one ranking: whoever brought more stands in the same tier or a
-- higher one, and equal revenue is never in two.

{% set tiers = {
    'value_tier': 'value_basis',
    'lifetime_value_tier': 'net_revenue',
} -%}

with

categories as (

    select
        dimension,
        category,
        category_rank

    from {{ ref('categories') }}

    where category not in ('none', 'unknown')

),

ranges as (

    {% for tier, revenue in tiers.items() -%}
        select
            '{{ tier }}' as dimension,
            {{ tier }} as category,
            min({{ revenue }}) as least_revenue,
            max({{ revenue }}) as most_revenue

        from {{ ref('customer_value_tiers') }}

        group by {{ tier }}

        {% if not loop.last -%}
            union all

        {% endif -%}
    {% endfor %}
),

ranked as (

    select
        ranges.dimension,
        ranges.category,
        ranges.least_revenue,
        max(ranges.most_revenue) over (
            partition by ranges.dimension
            order by categories.category_rank
            rows between unbounded preceding and 1 preceding
        ) as most_revenue_below

    from ranges

    inner join categories
        on
            ranges.dimension = categories.dimension
            and ranges.category = categories.category

),

overlapping as (

    select *

    from ranked

    where least_revenue <= most_revenue_below

)

select * from overlapping

-- A category that no rule leads to promises marketing a list that stays empty for ever.

with

categories as (

    select
        dimension,
        category

    from {{ ref('categories') }}

    where valid_to is null

),

-- what a model gives by itself: to guests, non-buyers and the churned, and whether a
-- prediction passes a bound
given_without_rule (dimension, category) as (

    values
    ('value_tier', 'none'),
    ('lifetime_value_tier', 'none'),
    ('rfm_group', 'prospects'),
    ('churn_risk', 'not_applicable'),
    ('churn_risk', 'churned'),
    ('value_potential', 'none'),
    ('value_potential', 'steady'),
    ('value_potential', 'rising')

),

reached as (

    select
        dimension,
        category

    from {{ ref('bands') }}

    union all

    select
        'rfm_group' as dimension,
        rfm_group as category

    from {{ ref('rfm_groups') }}

    union all

    select
        'segment' as dimension,
        segment as category

    from {{ ref('segment_rules') }}

    union all

    select
        dimension,
        category

    from {{ ref('word_mappings') }}

    union all

    select
        dimension,
        category

    from given_without_rule

    union all

    -- what is left when nothing is known
    select
        dimension,
        'unknown' as category

    from {{ ref('dimensions') }}

),

idle as (

    select
        categories.dimension,
        categories.category

    from categories

    left join reached
        on
            categories.dimension = reached.dimension
            and categories.category = reached.category

    where reached.category is null

)

select * from idle

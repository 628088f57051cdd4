-- Which category is each customer in today, in every dimension, and since when?

with

held as (

    select
        customer_id,
        dimension,
        category,
        since

    from {{ ref('int_categories_held') }}

),

gathered as (

    select
        customer_id,
        dimension,
        category,
        since

    from {{ ref('int_dimensions_gathered') }}

    -- the one attribute whose past is known: its stays are in the history
    where dimension <> 'age_band'

),

categories as (

    select
        dimension,
        category,
        category_rank,
        label_en,
        label_zh

    from {{ ref('categories') }}

),

today as (

    select observed_on
    from {{ ref('int_observation_dates') }}

    where is_as_of

),

members as (

    select
        customer_id,
        dimension,
        category,
        since

    from held

    union all

    select
        customer_id,
        dimension,
        category,
        since

    from gathered

),

labelled as (

    select
        members.customer_id,
        members.dimension,
        members.category,
        categories.label_en as category_label_en,
        categories.label_zh as category_label_zh,
        categories.category_rank,
        members.since,
        today.observed_on

    from members

    cross join today

    left join categories
        on
            members.dimension = categories.dimension
            and members.category = categories.category

)

select * from labelled

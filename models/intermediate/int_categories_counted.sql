-- How many customers were in each category on each date, how many came, and left?

-- Counted from the moves alone: a size is all that came less all that left.

with

clock as (

    select observed_on
    from {{ ref('int_observation_dates') }}

),

categories as (

    select
        dimension,
        category

    from {{ ref('categories') }}

),

moved as (

    select
        dimension,
        category,
        previous_category,
        customers,
        observed_on

    from {{ ref('int_category_moves_counted') }}

),

changes as (

    select
        dimension,
        category,
        observed_on,
        customers as customers_entered,
        0 as customers_left

    from moved

    union all

    select
        dimension,
        previous_category as category,
        observed_on,
        0 as customers_entered,
        customers as customers_left

    from moved

    where previous_category is not null

    union all

    -- a category that nobody is in has a size too
    select
        categories.dimension,
        categories.category,
        clock.observed_on,
        0 as customers_entered,
        0 as customers_left

    from categories

    cross join clock

    where categories.dimension in (select moved.dimension from moved)

),

counted as (

    select
        dimension,
        category,
        cast(
            sum(sum(customers_entered - customers_left)) over (
                partition by dimension, category order by observed_on
            ) as bigint
        ) as customers,
        cast(sum(customers_entered) as bigint) as customers_entered,
        cast(sum(customers_left) as bigint) as customers_left,
        observed_on

    from changes

    group by
        dimension,
        category,
        observed_on

)

select * from counted

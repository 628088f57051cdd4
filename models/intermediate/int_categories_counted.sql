-- How many customers were in each category on each date, how many came, and left?

-- Counted from the moves alone: a size is all that came less all that left.

with

clock as (

    select
        observed_on,
        previous_observed_on

    from {{ ref('int_observation_dates') }}

),

found as (

    select
        dimension,
        category,
        previous_category,
        observed_on

    from {{ ref('int_category_changes_found') }}

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
        observed_on,
        count(*) as customers

    from found

    group by
        dimension,
        category,
        previous_category,
        observed_on

),

observed_dimensions as (

    select distinct dimension
    from moved

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

    inner join observed_dimensions
        on categories.dimension = observed_dimensions.dimension

    cross join clock

),

summed as (

    select
        dimension,
        category,
        observed_on,
        sum(customers_entered) as customers_entered,
        sum(customers_left) as customers_left

    from changes

    group by
        dimension,
        category,
        observed_on

),

counted as (

    select
        dimension,
        category,
        cast(
            sum(customers_entered - customers_left) over (
                partition by dimension, category order by observed_on
            ) as bigint
        ) as customers,
        cast(customers_entered as bigint) as customers_entered,
        cast(customers_left as bigint) as customers_left,
        observed_on

    from summed

)

select * from counted

-- How many customers went from which category to which since the look before?

with

moves as (

    select
        dimension,
        category,
        previous_category,
        customers,
        observed_on

    from {{ ref('int_category_moves_counted') }}

),

categories as (

    select
        dimension,
        category,
        customers,
        customers_entered,
        observed_on

    from {{ ref('int_categories_counted') }}

),

counted as (

    select
        dimension,
        previous_category as from_category,
        category as to_category,
        customers,
        observed_on

    from moves

    union all

    -- who did not come, was there
    select
        dimension,
        category as from_category,
        category as to_category,
        customers - customers_entered as customers,
        observed_on

    from categories

    where customers > customers_entered

)

select * from counted

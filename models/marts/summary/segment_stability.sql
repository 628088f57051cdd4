-- How much did each dimension move since the look before: is it settled, or in flux?

with

counted as (

    select
        dimension,
        category,
        customers,
        customers_left,
        observed_on

    from {{ ref('int_categories_counted') }}

),

compared as (

    select
        dimension,
        customers,
        customers_left,
        observed_on,
        lag(customers) over (partition by dimension, category order by observed_on)
            as previous_customers

    from counted

),

shared as (

    -- half a customer more in every category: an empty one has a logarithm too
    -- (5e-1, for 0.5 is a decimal, and Spark rounds their quotients)
    select
        dimension,
        customers,
        previous_customers,
        customers_left,
        observed_on,
        (customers + 5e-1) / sum(customers + 5e-1) over by_look as customers_share,
        (previous_customers + 5e-1) / sum(previous_customers + 5e-1) over by_look
            as previous_customers_share

    from compared

    window
        by_look as (partition by dimension, observed_on)

),

summed as (

    select
        dimension,
        observed_on,
        cast(sum(customers) as bigint) as customers,
        cast(sum(previous_customers) as bigint) as previous_customers,
        cast(sum(customers_left) as bigint) as customers_moved,
        sum(
            (customers_share - previous_customers_share)
            * ln(customers_share / previous_customers_share)
        ) as population_stability_index

    from shared

    group by
        dimension,
        observed_on

),

measured as (

    select
        dimension,
        customers,
        previous_customers,
        customers_moved,
        observed_on,
        {{ share_of('customers_moved', 'previous_customers') }} as moved_share,
        case
            when previous_customers > 0
                then {{ round_to_9_digits('population_stability_index') }}
        end as population_stability_index

    from summed

)

select * from measured

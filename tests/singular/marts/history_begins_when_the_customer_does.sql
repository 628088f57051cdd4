-- What follows from orders alone is known from the first day of a customer on, what
-- depends on everyone else from the first look on.

with

today as (

    select observed_on
    from {{ ref('int_observation_dates') }}

    where is_as_of

),

first_looks as (

    select
        customer_id,
        min(observed_on) as first_observed_on

    from {{ ref('int_customers_observed') }}

    group by customer_id

),

customers as (

    select
        customers.customer_id,
        first_looks.first_observed_on,
        coalesce(customers.exists_from, today.observed_on) as exists_from

    from {{ ref('int_customers') }} as customers

    cross join today

    left join first_looks
        on customers.customer_id = first_looks.customer_id

    where coalesce(customers.exists_from <= today.observed_on, true)

),

dimensions as (

    select distinct
        dimension,
        is_day_exact

    from {{ ref('customer_segment_history') }}

),

first_stays as (

    select
        customer_id,
        dimension,
        min(valid_from) as valid_from

    from {{ ref('customer_segment_history') }}

    group by
        customer_id,
        dimension

),

compared as (

    select
        customers.customer_id,
        dimensions.dimension,
        first_stays.valid_from,
        case
            when dimensions.is_day_exact then customers.exists_from
            else customers.first_observed_on
        end as expected_from

    from customers

    cross join dimensions

    left join first_stays
        on
            customers.customer_id = first_stays.customer_id
            and dimensions.dimension = first_stays.dimension

)

select * from compared

where valid_from is distinct from expected_from

-- History without a hole: once a customer exists it is looked at on every date of the
-- clock, and never before; one of unknown age on the last date only.

with

clock as (

    select
        observed_on,
        is_as_of

    from {{ ref('int_observation_dates') }}

),

customers as (

    select
        customers.customer_id,
        coalesce(customers.exists_from, clock.observed_on) as exists_from

    from {{ ref('int_customers') }} as customers

    inner join clock
        on clock.is_as_of

),

observations as (

    select
        customer_id,
        count(*) as dates_observed,
        min(observed_on) as first_observed_on

    from {{ ref('int_customers_observed') }}

    group by customer_id

),

first_days as (

    -- few first days, many customers
    select distinct exists_from
    from customers

),

expected as (

    select
        first_days.exists_from,
        count(*) as dates_expected,
        min(clock.observed_on) as first_expected_on

    from first_days

    inner join clock
        on first_days.exists_from <= clock.observed_on

    group by first_days.exists_from

),

compared as (

    select
        customers.customer_id,
        customers.exists_from,
        expected.dates_expected,
        observations.dates_observed,
        expected.first_expected_on,
        observations.first_observed_on

    from customers

    left join expected
        on customers.exists_from = expected.exists_from

    full outer join observations
        on customers.customer_id = observations.customer_id

    where
        coalesce(expected.dates_expected, 0)
        <> coalesce(observations.dates_observed, 0)
        or expected.first_expected_on <> observations.first_observed_on

)

select * from compared

-- How old is each customer today, and in which age band?

with

today as (

    select observed_on
    from {{ ref('int_observation_dates') }}

    where is_as_of

),

customers as (

    select
        customer_id,
        born_on

    from {{ ref('int_customers') }}

),

spans as (

    select
        customer_id,
        category

    from {{ ref('int_age_spans') }}

    where valid_to is null

),

aged as (

    select
        customers.customer_id,
        {{ years_between('customers.born_on', 'today.observed_on') }} as age

    from customers

    cross join today

),

banded as (

    select
        aged.customer_id,
        aged.age,
        coalesce(spans.category, 'unknown') as age_band

    from aged

    left join spans
        on aged.customer_id = spans.customer_id

)

select * from banded

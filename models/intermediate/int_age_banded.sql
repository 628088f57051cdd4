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

changes as (

    select
        customer_id,
        max_by(category, changed_on) as category

    from {{ ref('int_age_changes_found') }}

    group by customer_id

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
        coalesce(changes.category, 'unknown') as age_band

    from aged

    left join changes
        on aged.customer_id = changes.customer_id

)

select * from banded

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

bands as (

    select
        category,
        above,
        at_least,
        below,
        up_to

    from {{ ref('int_bands_in_force') }}

    where dimension = 'age_band' and is_as_of

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
        coalesce(bands.category, 'unknown') as age_band

    from aged

    left join bands
        on
            aged.age between 0 and {{ var('highest_age') }}
            and {{ falls_in('aged.age', 'bands') }}

)

select * from banded

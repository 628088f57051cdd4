-- In which income band is each customer?

with

customers as (

    select
        customer_id,
        annual_income

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

    where dimension = 'income_band' and is_as_of

),

banded as (

    select
        customers.customer_id,
        coalesce(bands.category, 'unknown') as income_band

    from customers

    left join bands
        on
            customers.annual_income >= 0
            and {{ falls_in('customers.annual_income', 'bands') }}

)

select * from banded

-- Who agreed to be contacted, and how are they reached?

with

customers as (

    select
        customer_id,
        customer_name,
        email,
        phone,
        is_guest,
        is_staff_or_reseller,
        has_marketing_consent

    from {{ ref('int_customers') }}

),

today as (

    select
        customer_id,
        observed_on

    from {{ ref('int_customers_observed') }}

    where is_as_of

),

reachable as (

    -- without a yes there is no contact: an unknown consent is none
    select
        customers.customer_id,
        customers.customer_name,
        customers.email,
        customers.phone,
        today.observed_on

    from customers

    inner join today
        on customers.customer_id = today.customer_id

    where
        customers.has_marketing_consent
        and not customers.is_guest
        and not customers.is_staff_or_reseller
        and (customers.email is not null or customers.phone is not null)

)

select * from reachable

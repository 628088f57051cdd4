-- How often did each customer buy in the 365 days before each date?

{{ kept_between_runs('int_facts_digested') }}

with

observed as (

    select
        customer_id,
        observed_on,
        orders_365d

    from {{ ref('int_customers_observed') }}

    where {{ is_open('observed_on') }}

),

frequencies as (

    select
        category,
        above,
        at_least,
        below,
        up_to,
        observed_on

    from {{ ref('int_bands_in_force') }}

    where dimension = 'purchase_frequency' and measure = 'orders_365d'

),

banded as (

    select
        observed.customer_id,
        observed.observed_on,
        observed.orders_365d,
        frequencies.category as purchase_frequency

    from observed

    left join frequencies
        on
            observed.observed_on = frequencies.observed_on
            and {{ falls_in('observed.orders_365d', 'frequencies') }}

)

select * from banded

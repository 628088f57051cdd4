-- Whoever is missing under a scheme would be missing from its shares: every customer
-- has one row in each, placed or not.

with

customers as (

    select count(*) as customers
    from {{ ref('customer_segments') }}

),

presets as (

    select preset
    from {{ ref('presets') }}

),

read_under as (

    select
        preset,
        count(distinct customer_id) as customers

    from {{ ref('preset_comparison') }}

    group by preset

),

wrong as (

    select
        presets.preset,
        read_under.customers,
        customers.customers as all_customers

    from presets

    cross join customers

    left join read_under
        on presets.preset = read_under.preset

    where
        customers.customers > 0
        and read_under.customers is distinct from customers.customers

)

select * from wrong

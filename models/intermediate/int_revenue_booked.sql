-- What net revenue was booked for each customer between one look and the next?

{{ kept_between_runs('int_facts_digested') }}

with

ledger as (

    select
        customer_id,
        posted_on,
        net_revenue_change

    from {{ ref('int_customer_days') }}

    where net_revenue_change <> 0

),

looks as (

    select
        happened_on,
        observed_on

    from {{ ref('int_days_looked') }}

    where {{ is_open('observed_on') }}

),

booked as (

    select
        ledger.customer_id,
        cast(sum(ledger.net_revenue_change) as decimal(18, 2)) as net_revenue_in_month,
        looks.observed_on

    from ledger

    inner join looks
        on ledger.posted_on = looks.happened_on

    group by
        ledger.customer_id,
        looks.observed_on

)

select * from booked

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

clock as (

    select observed_on
    from {{ ref('int_observation_dates') }}

),

days as (

    select distinct posted_on
    from ledger

),

looks as (

    -- a thousand days are compared with the clock, not every posting
    select
        days.posted_on,
        min(clock.observed_on) as observed_on

    from days

    inner join clock
        on days.posted_on <= clock.observed_on

    group by days.posted_on

),

booked as (

    select
        ledger.customer_id,
        cast(sum(ledger.net_revenue_change) as decimal(18, 2)) as net_revenue_in_month,
        looks.observed_on

    from ledger

    inner join looks
        on ledger.posted_on = looks.posted_on

    where {{ is_open('looks.observed_on') }}

    group by
        ledger.customer_id,
        looks.observed_on

)

select * from booked

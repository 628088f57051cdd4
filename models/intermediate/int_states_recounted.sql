-- Where an order counted that was void later: which purchases were valid day by day?

-- What int_purchases_recounted does for the dates on which we look, for every day on
-- which anything was booked between a purchase and its undoing.

with

as_of as (

    select observed_on
    from {{ ref('int_observation_dates') }}

    where is_as_of

),

ledger as (

    select
        customer_id,
        posted_on,
        orders_change,
        orders_365d_change,
        is_purchase_day,
        voided_on

    from {{ ref('int_days_posted') }}

    where posted_on <= (select as_of.observed_on from as_of)

),

provisional as (

    select
        customer_id,
        posted_on as purchased_on,
        voided_on

    from ledger

    where voided_on is not null

),

affected as (

    select distinct
        ledger.customer_id,
        ledger.posted_on

    from ledger

    inner join provisional
        on
            ledger.customer_id = provisional.customer_id
            and ledger.posted_on >= provisional.purchased_on
            and ledger.posted_on < provisional.voided_on

    where
        ledger.is_purchase_day
        or ledger.orders_change <> 0
        or ledger.orders_365d_change <> 0

),

valid_days as (

    select
        affected.customer_id,
        affected.posted_on,
        ledger.posted_on as purchased_on,
        lag(ledger.posted_on) over (
            partition by affected.customer_id, affected.posted_on
            order by ledger.posted_on
        ) as previous_purchased_on

    from affected

    inner join ledger
        on
            affected.customer_id = ledger.customer_id
            and affected.posted_on >= ledger.posted_on

    where
        ledger.is_purchase_day
        and coalesce(ledger.voided_on > affected.posted_on, true)

),

recounted as (

    select
        customer_id,
        posted_on as holds_from,
        min(purchased_on) as first_ordered_on,
        max(purchased_on) as last_ordered_on,
        max(
            case
                when
                    {{ days_between('previous_purchased_on', 'purchased_on') }}
                    > {{ var('reactivation_gap_days') }}
                    then purchased_on
            end
        ) as returned_on

    from valid_days

    group by
        customer_id,
        posted_on

)

select * from recounted

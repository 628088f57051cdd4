-- Where an order counted that was void later: which purchases were valid day by day?

-- What int_purchases_recounted does for the dates on which we look, for every day on
-- which anything was booked between a purchase and its undoing.

with

as_of as (

    select observed_on
    from {{ ref('int_observation_dates') }}

    where is_as_of

),

purchase_days as (

    select
        customer_id,
        posted_on as purchased_on,
        voided_on

    from {{ ref('int_customer_days') }}

    where is_purchase_day

),

provisional as (

    select
        customer_id,
        purchased_on,
        voided_on

    from purchase_days

    where voided_on is not null

),

postings as (

    select
        customer_id,
        posted_on

    from {{ ref('int_days_posted') }}

    where
        (is_purchase_day or orders_change <> 0 or orders_365d_change <> 0)
        and posted_on <= (select as_of.observed_on from as_of)

),

affected as (

    select distinct
        postings.customer_id,
        postings.posted_on

    from postings

    inner join provisional
        on
            postings.customer_id = provisional.customer_id
            and postings.posted_on >= provisional.purchased_on
            and postings.posted_on < provisional.voided_on

),

valid_days as (

    select
        affected.customer_id,
        affected.posted_on,
        purchase_days.purchased_on,
        lag(purchase_days.purchased_on) over (
            partition by affected.customer_id, affected.posted_on
            order by purchase_days.purchased_on
        ) as previous_purchased_on

    from affected

    inner join purchase_days
        on
            affected.customer_id = purchase_days.customer_id
            and affected.posted_on >= purchase_days.purchased_on

    where coalesce(purchase_days.voided_on > affected.posted_on, true)

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

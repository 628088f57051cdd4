-- Where an order counted that was void later: which purchases were valid on that date?

-- Running totals cannot take back a maximum, so the ledger's running state knows only
-- purchase days that stand for good. The few customers and dates between a purchase and
-- its undoing are counted again here, day by day.

with

purchase_days as (

    select
        customer_id,
        posted_on as purchased_on,
        voided_on

    from {{ ref('int_customer_days') }}

    where is_purchase_day

),

clock as (

    select observed_on
    from {{ ref('int_observation_dates') }}

),

affected as (

    select distinct
        purchase_days.customer_id,
        clock.observed_on

    from purchase_days

    inner join clock
        on
            purchase_days.purchased_on <= clock.observed_on
            and purchase_days.voided_on > clock.observed_on

    where purchase_days.voided_on is not null

),

valid_days as (

    select
        affected.customer_id,
        affected.observed_on,
        purchase_days.purchased_on,
        lag(purchase_days.purchased_on) over (
            partition by affected.customer_id, affected.observed_on
            order by purchase_days.purchased_on
        ) as previous_purchased_on

    from affected

    inner join purchase_days
        on affected.customer_id = purchase_days.customer_id

    where
        purchase_days.purchased_on <= affected.observed_on
        and coalesce(purchase_days.voided_on > affected.observed_on, true)

),

recounted as (

    select
        customer_id,
        observed_on,
        count(*) as purchase_days,
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
        observed_on

)

select * from recounted

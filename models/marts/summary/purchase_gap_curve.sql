-- How many days pass between two purchases, and how many come within n days?

with

today as (

    select observed_on
    from {{ ref('int_observation_dates') }}

    where is_as_of

),

ledger as (

    select
        customer_id,
        posted_on,
        {{ days_between('previous_purchased_on', 'posted_on') }} as gap_days

    from {{ ref('int_customer_days') }}

    where
        is_standing_purchase_day
        and posted_on <= (select today.observed_on from today)

),

customers as (

    select customer_id
    from {{ ref('int_customers') }}

    where not is_guest and not is_staff_or_reseller

),

purchases as (

    -- a day of the shop and a gap at a time: there are far fewer than purchases
    select
        ledger.posted_on,
        ledger.gap_days,
        count(*) as purchases

    from ledger

    inner join customers
        on ledger.customer_id = customers.customer_id

    group by
        ledger.posted_on,
        ledger.gap_days

),

history as (

    select
        min(purchases.posted_on) as first_purchased_on,
        max({{ days_between('purchases.posted_on', 'today.observed_on') }})
            as days_of_history

    from purchases

    cross join today

),

counted as (

    -- what would have been known when the history was half as long
    select
        purchases.gap_days,
        cast(sum(purchases.purchases) as bigint) as gaps,
        cast(
            sum(
                case
                    when
                        {{ days_between(
                            'history.first_purchased_on', 'purchases.posted_on'
                        ) }} * 2 <= history.days_of_history
                        then purchases.purchases
                    else 0
                end
            ) as bigint
        ) as gaps_first_half

    from purchases

    cross join history

    where purchases.gap_days is not null

    group by purchases.gap_days

),

accumulated as (

    select
        counted.gap_days,
        counted.gaps,
        counted.gaps_first_half,
        {{ share_of(
            'sum(counted.gaps) over (order by counted.gap_days)',
            'sum(counted.gaps) over ()'
        ) }} as gaps_share_within,
        {{ share_of(
            'sum(counted.gaps_first_half) over (order by counted.gap_days)',
            'sum(counted.gaps_first_half) over ()'
        ) }} as gaps_share_within_first_half,
        today.observed_on

    from counted

    cross join today

)

select * from accumulated

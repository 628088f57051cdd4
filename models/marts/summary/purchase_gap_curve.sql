-- How many days pass between two purchases, and how many come within n days?

with

ledger as (

    select
        customer_id,
        posted_on,
        previous_purchased_on

    from {{ ref('int_customer_days') }}

    where is_standing_purchase_day

),

customers as (

    select customer_id
    from {{ ref('int_customers') }}

    where not is_guest and not is_staff_or_reseller

),

today as (

    select observed_on
    from {{ ref('int_observation_dates') }}

    where is_as_of

),

purchases as (

    select
        ledger.posted_on,
        today.observed_on,
        {{ days_between('ledger.previous_purchased_on', 'ledger.posted_on') }}
            as gap_days

    from ledger

    inner join customers
        on ledger.customer_id = customers.customer_id

    inner join today
        on ledger.posted_on <= today.observed_on

),

history as (

    select
        min(posted_on) as first_purchased_on,
        max({{ days_between('posted_on', 'observed_on') }}) as days_of_history

    from purchases

),

counted as (

    -- what would have been known when the history was half as long
    select
        purchases.gap_days,
        purchases.observed_on,
        count(*) as gaps,
        count(
            case
                when
                    {{ days_between(
                        'history.first_purchased_on', 'purchases.posted_on'
                    ) }} * 2 <= history.days_of_history
                    then 1
            end
        ) as gaps_first_half

    from purchases

    cross join history

    where purchases.gap_days is not null

    group by
        purchases.gap_days,
        purchases.observed_on

),

accumulated as (

    select
        gap_days,
        gaps,
        gaps_first_half,
        {{ share_of(
            'sum(gaps) over (order by gap_days)', 'sum(gaps) over ()'
        ) }} as gaps_share_within,
        {{ share_of(
            'sum(gaps_first_half) over (order by gap_days)',
            'sum(gaps_first_half) over ()'
        ) }} as gaps_share_within_first_half,
        observed_on

    from counted

)

select * from accumulated

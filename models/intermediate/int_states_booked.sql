-- What was known of each customer's orders, from each day on which it changed?

-- The ledger's running state, as in int_customers_observed, but from each day on which
-- it changes instead of on the dates on which we look. A run goes on from the state of
-- the last closed date, as there.

{{ kept_between_runs('int_facts_digested', known_on='holds_from') }}

with

as_of as (

    select observed_on
    from {{ ref('int_observation_dates') }}

    where is_as_of

),

customers as (

    select
        customer_id,
        exists_from

    from {{ ref('int_customers') }}

),

purchase_days as (

    select
        customer_id,
        posted_on as purchased_on,
        voided_on

    from {{ ref('int_customer_days') }}

    where is_purchase_day

),

revised as (

    -- who had a purchase on the last closed date that was undone later
    select customer_id
    from {{ ref('int_purchases_recounted') }}

    where {{ is_last_closed('observed_on') }}

),

carried as (

    select
        customer_id,
        orders,
        orders_365d,
        first_ordered_on,
        last_ordered_on,
        returned_on,
        observed_on

    from {{ ref('int_customers_observed') }}

    where
        {{ is_last_closed('observed_on') }}
        and customer_id not in (select revised.customer_id from revised)

),

ledger as (

    select
        customer_id,
        posted_on,
        orders_change,
        orders_365d_change,
        is_purchase_day,
        is_standing_purchase_day,
        previous_purchased_on

    from {{ ref('int_days_posted') }}

    where
        {{ is_not_over('posted_on') }}
    {% if is_incremental() -%}
            or customer_id in (select revised.customer_id from revised)
    {%- endif %}

),

postings as (

    select
        customer_id,
        posted_on,
        orders_change,
        orders_365d_change,
        is_purchase_day as is_new_state,
        case when is_standing_purchase_day then posted_on end as first_purchased_on,
        case when is_standing_purchase_day then posted_on end as last_purchased_on,
        case
            when
                is_standing_purchase_day
                and {{ days_between('previous_purchased_on', 'posted_on') }}
                > {{ var('reactivation_gap_days') }}
                then posted_on
        end as returned_on

    from ledger

    where is_purchase_day or orders_change <> 0 or orders_365d_change <> 0

    union all

    -- an account opens with nothing on it; one of unknown age, on the last date only
    select
        customers.customer_id,
        coalesce(customers.exists_from, as_of.observed_on) as posted_on,
        0 as orders_change,
        0 as orders_365d_change,
        true as is_new_state,
        cast(null as date) as first_purchased_on,
        cast(null as date) as last_purchased_on,
        cast(null as date) as returned_on

    from customers

    cross join as_of

    where {{ is_not_over('customers.exists_from') }}

    union all

    select
        customer_id,
        observed_on as posted_on,
        orders as orders_change,
        orders_365d as orders_365d_change,
        true as is_new_state,
        first_ordered_on as first_purchased_on,
        last_ordered_on as last_purchased_on,
        returned_on

    from carried

),

booked as (

    -- all of a day at once
    select
        customer_id,
        posted_on,
        sum(orders_change) as orders_change,
        sum(orders_365d_change) as orders_365d_change,
        min(first_purchased_on) as first_purchased_on,
        max(last_purchased_on) as last_purchased_on,
        max(returned_on) as returned_on

    from postings

    where posted_on <= (select as_of.observed_on from as_of)

    group by
        customer_id,
        posted_on

    having
        bool_or(is_new_state)
        or sum(orders_change) <> 0
        or sum(orders_365d_change) <> 0

),

running as (

    select
        customer_id,
        posted_on as holds_from,
        sum(orders_change) over by_customer as orders,
        sum(orders_365d_change) over by_customer as orders_365d,
        min(first_purchased_on) over by_customer as first_ordered_on,
        max(last_purchased_on) over by_customer as last_ordered_on,
        max(returned_on) over by_customer as returned_on

    from booked

    window
        by_customer as (
            partition by customer_id
            order by posted_on
        )

),

affected as (

    -- while an order counted that was void later: running totals cannot take back a
    -- maximum, so they know only purchase days that stand for good
    select distinct
        running.customer_id,
        running.holds_from

    from running

    inner join purchase_days
        on
            running.customer_id = purchase_days.customer_id
            and running.holds_from >= purchase_days.purchased_on
            and running.holds_from < purchase_days.voided_on

),

valid_days as (

    select
        affected.customer_id,
        affected.holds_from,
        purchase_days.purchased_on,
        lag(purchase_days.purchased_on) over (
            partition by affected.customer_id, affected.holds_from
            order by purchase_days.purchased_on
        ) as previous_purchased_on

    from affected

    inner join purchase_days
        on
            affected.customer_id = purchase_days.customer_id
            and affected.holds_from >= purchase_days.purchased_on

    where coalesce(purchase_days.voided_on > affected.holds_from, true)

),

recounted as (

    select
        customer_id,
        holds_from,
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
        holds_from

),

states as (

    select
        running.customer_id,
        running.holds_from,
        cast(running.orders as bigint) as orders,
        cast(running.orders_365d as bigint) as orders_365d,
        coalesce(recounted.first_ordered_on, running.first_ordered_on)
            as first_ordered_on,
        coalesce(recounted.last_ordered_on, running.last_ordered_on)
            as last_ordered_on,
        case
            when recounted.customer_id is not null then recounted.returned_on
            else running.returned_on
        end as returned_on

    from running

    left join recounted
        on
            running.customer_id = recounted.customer_id
            and running.holds_from = recounted.holds_from

    where {{ is_not_over('running.holds_from') }}

)

select * from states

-- What was known of each customer's orders, from one day it changed to the next?

-- The ledger's running state, as in int_customers_observed, but from each day on which
-- it changes to the next, instead of on the dates on which we look.

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

    where is_purchase_day or orders_change <> 0 or orders_365d_change <> 0

),

recounted as (

    select
        customer_id,
        holds_from,
        first_ordered_on,
        last_ordered_on,
        returned_on

    from {{ ref('int_states_recounted') }}

),

booked as (

    -- all of a day at once
    select
        customer_id,
        posted_on,
        sum(orders_change) as orders_change,
        sum(orders_365d_change) as orders_365d_change,
        max(case when is_standing_purchase_day then posted_on end) as purchased_on,
        max(
            case
                when
                    is_standing_purchase_day
                    and {{ days_between('previous_purchased_on', 'posted_on') }}
                    > {{ var('reactivation_gap_days') }}
                    then posted_on
            end
        ) as returned_on

    from ledger

    where posted_on <= (select as_of.observed_on from as_of)

    group by
        customer_id,
        posted_on

    having
        bool_or(is_purchase_day)
        or sum(orders_change) <> 0
        or sum(orders_365d_change) <> 0

),

first_booked as (

    select
        customer_id,
        min(posted_on) as posted_on

    from booked

    group by customer_id

),

opened as (

    -- an account opens with nothing on it; one of unknown age, on the last date only
    select
        customers.customer_id,
        coalesce(customers.exists_from, as_of.observed_on) as posted_on

    from customers

    inner join as_of
        on coalesce(customers.exists_from <= as_of.observed_on, true)

    left join first_booked
        on customers.customer_id = first_booked.customer_id

    where coalesce(first_booked.posted_on > customers.exists_from, true)

),

postings as (

    select * from booked

    union all

    select
        customer_id,
        posted_on,
        0 as orders_change,
        0 as orders_365d_change,
        cast(null as date) as purchased_on,
        cast(null as date) as returned_on

    from opened

),

running as (

    select
        customer_id,
        posted_on as holds_from,
        lead(posted_on) over by_customer as holds_until,
        sum(orders_change) over by_customer as orders,
        sum(orders_365d_change) over by_customer as orders_365d,
        min(purchased_on) over by_customer as first_ordered_on,
        max(purchased_on) over by_customer as last_ordered_on,
        max(returned_on) over by_customer as returned_on

    from postings

    window
        by_customer as (
            partition by customer_id
            order by posted_on
        )

),

held as (

    select
        running.customer_id,
        running.holds_from,
        running.holds_until,
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

)

select * from held

-- What was known of each customer on each date?

{{ kept_between_runs('int_facts_digested') }}

with

customers as (

    select
        customer_id,
        is_guest,
        is_staff_or_reseller,
        exists_from

    from {{ ref('int_customers') }}

),

ledger as (

    select
        customer_id,
        posted_on,
        orders_change,
        free_orders_change,
        orders_90d_change,
        orders_180d_change,
        orders_365d_change,
        net_revenue_change,
        net_revenue_365d_change,
        gross_margin_change,
        gross_margin_365d_change,
        online_orders_365d_change,
        offline_orders_365d_change,
        discounted_orders_365d_change,
        is_standing_purchase_day,
        previous_purchased_on

    from {{ ref('int_days_posted') }}

),

clock as (

    -- before the first open date nothing is looked at: what was posted till then is one
    -- posting
    select
        observed_on,
        is_as_of,
        lag(observed_on) over (order by observed_on) as previous_observed_on

    from {{ ref('int_observation_dates') }}

    where {{ is_open('observed_on') }}

),

recounted as (

    select
        customer_id,
        observed_on,
        purchase_days,
        first_ordered_on,
        last_ordered_on,
        returned_on

    from {{ ref('int_purchases_recounted') }}

),

postings as (

    select
        customer_id,
        posted_on,
        orders_change,
        free_orders_change,
        orders_90d_change,
        orders_180d_change,
        orders_365d_change,
        net_revenue_change,
        net_revenue_365d_change,
        gross_margin_change,
        gross_margin_365d_change,
        online_orders_365d_change,
        offline_orders_365d_change,
        discounted_orders_365d_change,
        case when is_standing_purchase_day then posted_on end as purchased_on,
        case
            when
                is_standing_purchase_day
                and {{ days_between('previous_purchased_on', 'posted_on') }}
                > {{ var('reactivation_gap_days') }}
                then posted_on
        end as returned_on

    from ledger

    union all

    -- an account opens with nothing on it; one of unknown age, on the last date only
    select
        customers.customer_id,
        coalesce(customers.exists_from, clock.observed_on) as posted_on,
        0 as orders_change,
        0 as free_orders_change,
        0 as orders_90d_change,
        0 as orders_180d_change,
        0 as orders_365d_change,
        0 as net_revenue_change,
        0 as net_revenue_365d_change,
        cast(null as decimal(28, 8)) as gross_margin_change,
        cast(null as decimal(28, 8)) as gross_margin_365d_change,
        0 as online_orders_365d_change,
        0 as offline_orders_365d_change,
        0 as discounted_orders_365d_change,
        cast(null as date) as purchased_on,
        cast(null as date) as returned_on

    from customers

    inner join clock
        on clock.is_as_of

),

moved as (

    -- all that was posted since the last look
    select
        postings.customer_id,
        clock.observed_on,
        sum(postings.orders_change) as orders_change,
        sum(postings.free_orders_change) as free_orders_change,
        sum(postings.orders_90d_change) as orders_90d_change,
        sum(postings.orders_180d_change) as orders_180d_change,
        sum(postings.orders_365d_change) as orders_365d_change,
        sum(postings.net_revenue_change) as net_revenue_change,
        sum(postings.net_revenue_365d_change) as net_revenue_365d_change,
        sum(postings.gross_margin_change) as gross_margin_change,
        sum(postings.gross_margin_365d_change) as gross_margin_365d_change,
        sum(postings.online_orders_365d_change)
            as online_orders_365d_change,
        sum(postings.offline_orders_365d_change)
            as offline_orders_365d_change,
        sum(postings.discounted_orders_365d_change)
            as discounted_orders_365d_change,
        count(postings.purchased_on) as purchase_days_change,
        min(postings.purchased_on) as first_purchased_on,
        max(postings.purchased_on) as last_purchased_on,
        max(postings.returned_on) as returned_on

    from postings

    inner join clock
        on
            postings.posted_on <= clock.observed_on
            and (
                clock.previous_observed_on is null
                or postings.posted_on > clock.previous_observed_on
            )

    group by
        postings.customer_id,
        clock.observed_on

),

balanced as (

    -- the running state, and how long it holds
    select
        customer_id,
        observed_on as holds_from,
        lead(observed_on) over by_customer as holds_until,
        sum(orders_change) over by_customer as orders,
        sum(free_orders_change) over by_customer as free_orders,
        sum(orders_90d_change) over by_customer as orders_90d,
        sum(orders_180d_change) over by_customer as orders_180d,
        sum(orders_365d_change) over by_customer as orders_365d,
        sum(net_revenue_change) over by_customer as net_revenue,
        sum(net_revenue_365d_change) over by_customer as net_revenue_365d,
        sum(gross_margin_change) over by_customer as gross_margin,
        sum(gross_margin_365d_change) over by_customer as gross_margin_365d,
        sum(online_orders_365d_change) over by_customer
            as online_orders_365d,
        sum(offline_orders_365d_change) over by_customer
            as offline_orders_365d,
        sum(discounted_orders_365d_change) over by_customer
            as discounted_orders_365d,
        sum(purchase_days_change) over by_customer as purchase_days,
        min(first_purchased_on) over by_customer as first_ordered_on,
        max(last_purchased_on) over by_customer as last_ordered_on,
        max(returned_on) over by_customer as returned_on

    from moved

    window
        by_customer as (
            partition by customer_id
            order by observed_on
        )

),

observed as (

    select
        balanced.customer_id,
        clock.observed_on,
        clock.is_as_of,
        balanced.orders,
        balanced.free_orders,
        balanced.orders_90d,
        balanced.orders_180d,
        balanced.orders_365d,
        balanced.net_revenue,
        balanced.net_revenue_365d,
        balanced.gross_margin,
        balanced.gross_margin_365d,
        balanced.online_orders_365d,
        balanced.offline_orders_365d,
        balanced.discounted_orders_365d,
        coalesce(recounted.purchase_days, balanced.purchase_days) as purchase_days,
        coalesce(recounted.first_ordered_on, balanced.first_ordered_on)
            as first_ordered_on,
        coalesce(recounted.last_ordered_on, balanced.last_ordered_on)
            as last_ordered_on,
        case
            when recounted.customer_id is not null then recounted.returned_on
            else balanced.returned_on
        end as returned_on

    from balanced

    inner join clock
        on
            balanced.holds_from <= clock.observed_on
            and (
                balanced.holds_until > clock.observed_on or balanced.holds_until is null
            )

    left join recounted
        on
            balanced.customer_id = recounted.customer_id
            and clock.observed_on = recounted.observed_on

),

described as (

    select
        observed.customer_id,
        cast(observed.orders as bigint) as orders,
        cast(observed.free_orders as bigint) as free_orders,
        cast(observed.orders_90d as bigint) as orders_90d,
        cast(observed.orders_180d as bigint) as orders_180d,
        cast(observed.orders_365d as bigint) as orders_365d,
        cast(observed.online_orders_365d as bigint) as online_orders_365d,
        cast(observed.offline_orders_365d as bigint) as offline_orders_365d,
        cast(observed.discounted_orders_365d as bigint) as discounted_orders_365d,
        cast(observed.purchase_days as bigint) as purchase_days,
        {{ days_between('observed.first_ordered_on', 'observed.observed_on') }}
            as days_since_first_order,
        case
            when {{ is_first_order_known('observed.first_ordered_on') }}
                then {{ days_between(
                    'observed.first_ordered_on', 'observed.observed_on'
                ) }}
        end as days_since_joining,
        {{ days_between('observed.last_ordered_on', 'observed.observed_on') }}
            as days_since_last_order,
        {{ days_between('observed.returned_on', 'observed.observed_on') }}
            as days_since_return,
        cast(observed.net_revenue as decimal(18, 2)) as net_revenue,
        cast(observed.net_revenue_365d as decimal(18, 2)) as net_revenue_365d,
        cast(observed.gross_margin as decimal(18, 2)) as gross_margin,
        cast(observed.gross_margin_365d as decimal(18, 2)) as gross_margin_365d,
        observed.is_as_of,
        customers.is_guest,
        customers.is_guest or customers.is_staff_or_reseller as is_excluded,
        observed.orders_365d > 0
        and observed.net_revenue_365d > 0
        and not (customers.is_guest or customers.is_staff_or_reseller) as is_ranked,
        observed.first_ordered_on,
        observed.last_ordered_on,
        observed.returned_on,
        observed.observed_on

    from observed

    inner join customers
        on observed.customer_id = customers.customer_id

)

select * from described

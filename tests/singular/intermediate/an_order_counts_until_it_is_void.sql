-- Whatever happened to an order, its events together say what is left of it: nothing of
-- one that was cancelled or given back in full, something of one that stands. No refund
-- brings an order below nothing, and nothing happens to an order before it was placed.

with

events as (

    select
        order_id,
        event_kind,
        orders_change,
        free_orders_change,
        net_revenue_change,
        ordered_on,
        posted_on

    from {{ ref('int_order_events') }}

),

orders as (

    select
        order_id,
        is_free,
        voided_on

    from {{ ref('int_orders_valued') }}

),

added_up as (

    select
        order_id,
        sum(orders_change) as orders,
        sum(free_orders_change) as free_orders,
        sum(net_revenue_change) as net_revenue,
        count(case when event_kind = 'sold' then 1 end) as times_sold,
        min(posted_on) as first_posted_on,
        max(ordered_on) as ordered_on

    from events

    group by order_id

),

compared as (

    select
        orders.order_id,
        orders.is_free,
        orders.voided_on,
        added_up.orders,
        added_up.free_orders,
        added_up.net_revenue,
        added_up.times_sold,
        added_up.first_posted_on,
        added_up.ordered_on,
        orders.voided_on is null and not orders.is_free as is_standing

    from orders

    full outer join added_up
        on orders.order_id = added_up.order_id

),

wrong as (

    select *

    from compared

    where
        coalesce(
            times_sold <> 1
            or first_posted_on < ordered_on
            or orders <> case when is_standing then 1 else 0 end
            or free_orders <> case when is_free then 1 else 0 end
            or (net_revenue > 0) <> is_standing
            or net_revenue < 0,
            true
        )

)

select * from wrong

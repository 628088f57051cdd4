-- A posting that enters a trailing window and never leaves it would count for ever; one
-- that leaves without having entered would pull the window below zero.

with

ledger as (

    select
        customer_id,
        orders_90d_change,
        orders_180d_change,
        orders_365d_change,
        net_revenue_365d_change

    from {{ ref('int_days_posted') }}

),

left_over as (

    select
        customer_id,
        sum(orders_90d_change) as orders_90d,
        sum(orders_180d_change) as orders_180d,
        sum(orders_365d_change) as orders_365d,
        sum(net_revenue_365d_change) as net_revenue_365d

    from ledger

    group by customer_id

    having
        sum(orders_90d_change) <> 0
        or sum(orders_180d_change) <> 0
        or sum(orders_365d_change) <> 0
        or sum(net_revenue_365d_change) <> 0

)

select * from left_over

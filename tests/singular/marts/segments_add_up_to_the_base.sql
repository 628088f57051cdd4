-- A report by segment has to add up to the shop, to the head and to the cent: no
-- customer outside the named segments, none in two.

with

categories as (

    select category
    from {{ ref('categories') }}

    where dimension = 'segment'

),

observed as (

    select
        orders,
        orders_365d,
        net_revenue,
        net_revenue_365d

    from {{ ref('int_customers_observed') }}

    where is_as_of

),

segments as (

    select
        segment,
        count(*) as customers,
        sum(orders) as orders,
        sum(orders_365d) as orders_365d,
        sum(net_revenue) as net_revenue,
        sum(net_revenue_365d) as net_revenue_365d

    from {{ ref('customer_segments') }}

    group by segment

),

added_up as (

    select
        coalesce(sum(segments.customers), 0) as customers,
        coalesce(sum(segments.orders), 0) as orders,
        coalesce(sum(segments.orders_365d), 0) as orders_365d,
        coalesce(sum(segments.net_revenue), 0) as net_revenue,
        coalesce(sum(segments.net_revenue_365d), 0) as net_revenue_365d

    from categories

    left join segments
        on categories.category = segments.segment

),

base as (

    select
        count(*) as customers,
        coalesce(sum(orders), 0) as orders,
        coalesce(sum(orders_365d), 0) as orders_365d,
        coalesce(sum(net_revenue), 0) as net_revenue,
        coalesce(sum(net_revenue_365d), 0) as net_revenue_365d

    from observed

),

differences as (

    select
        added_up.customers - base.customers as customers,
        added_up.orders - base.orders as orders,
        added_up.orders_365d - base.orders_365d as orders_365d,
        added_up.net_revenue - base.net_revenue as net_revenue,
        added_up.net_revenue_365d - base.net_revenue_365d as net_revenue_365d

    from added_up

    inner join base
        on
            added_up.customers <> base.customers
            or added_up.orders <> base.orders
            or added_up.orders_365d <> base.orders_365d
            or added_up.net_revenue <> base.net_revenue
            or added_up.net_revenue_365d <> base.net_revenue_365d

)

select * from differences

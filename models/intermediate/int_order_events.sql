-- What happened to each order's worth: sold, refunded in part, or void?

with

orders as (

    select
        order_id,
        customer_id,
        raw_channel,
        net_amount,
        is_free,
        ordered_on,
        voided_on,
        discount_amount > 0 as is_discounted

    from {{ ref('int_orders_valued') }}

),

channels as (

    select
        raw_channel,
        channel_kind

    from {{ ref('channels') }}

),

refunds as (

    select
        order_id,
        counted_amount,
        refunded_on

    from {{ ref('int_refunds_capped') }}

),

margins as (

    select
        order_id,
        margin_share

    from {{ ref('int_order_margins_measured') }}

    where {{ is_value_basis('gross_margin_365d') }}

),

sold as (

    select
        order_id,
        customer_id,
        raw_channel,
        is_discounted,
        'sold' as event_kind,
        case when is_free then 0 else 1 end as orders_change,
        case when is_free then 1 else 0 end as free_orders_change,
        net_amount as net_revenue_change,
        ordered_on,
        voided_on,
        ordered_on as posted_on

    from orders

),

refunded as (

    -- what is given back once the order is void was taken off on that day already
    select
        orders.order_id,
        orders.customer_id,
        orders.raw_channel,
        orders.is_discounted,
        'refunded' as event_kind,
        0 as orders_change,
        0 as free_orders_change,
        -refunds.counted_amount as net_revenue_change,
        orders.ordered_on,
        orders.voided_on,
        refunds.refunded_on as posted_on

    from refunds

    inner join orders
        on refunds.order_id = orders.order_id

    where
        refunds.counted_amount > 0
        and coalesce(refunds.refunded_on < orders.voided_on, true)

),

refunded_before as (

    select
        order_id,
        sum(net_revenue_change) as net_revenue_change

    from refunded

    group by order_id

),

voided as (

    select
        orders.order_id,
        orders.customer_id,
        orders.raw_channel,
        orders.is_discounted,
        'voided' as event_kind,
        -1 as orders_change,
        0 as free_orders_change,
        cast(
            -orders.net_amount
            - coalesce(refunded_before.net_revenue_change, 0) as decimal(18, 2)
        ) as net_revenue_change,
        orders.ordered_on,
        orders.voided_on,
        orders.voided_on as posted_on

    from orders

    left join refunded_before
        on orders.order_id = refunded_before.order_id

    where orders.voided_on is not null

),

combined as (

    select * from sold

    union all

    select * from refunded

    union all

    select * from voided

),

costed as (

    -- a share of every change, so that a void order leaves no margin either
    select
        combined.order_id,
        combined.customer_id,
        combined.event_kind,
        combined.orders_change,
        combined.free_orders_change,
        combined.net_revenue_change,
        case
            when {{ is_value_basis('gross_margin_365d') }}
                then cast(
                        combined.net_revenue_change
                        * coalesce(
                            margins.margin_share,
                            cast({{ var('assumed_margin_share') }} as decimal(18, 6))
                        ) as decimal(28, 8)
                    )
        end as gross_margin_change,
        combined.is_discounted,
        channels.channel_kind,
        combined.ordered_on,
        combined.voided_on,
        combined.posted_on

    from combined

    left join margins
        on combined.order_id = margins.order_id

    left join channels
        on combined.raw_channel = channels.raw_channel

)

select * from costed

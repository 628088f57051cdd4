-- How much of each refund counts, as no order can give back more than it brought?

with

refunds as (

    select
        refund_id,
        order_id,
        product_id,
        amount,
        refunded_on

    from {{ ref('stg_refunds') }}

),

orders as (

    select
        order_id,
        exchange_rate,
        ordered_on,
        gross_amount - discount_amount as net_amount

    from {{ ref('stg_orders') }}

),

dated as (

    select
        refunds.refund_id,
        refunds.order_id,
        refunds.product_id,
        orders.ordered_on,
        orders.net_amount as order_net_amount,
        cast(
            {{ to_cents('refunds.amount * orders.exchange_rate') }} as decimal(18, 2)
        ) as amount,
        greatest(refunds.refunded_on, orders.ordered_on) as refunded_on

    from refunds

    inner join orders
        on refunds.order_id = orders.order_id

),

accumulated as (

    select
        refund_id,
        order_id,
        product_id,
        order_net_amount,
        amount,
        ordered_on,
        refunded_on,
        sum(amount) over (
            partition by order_id
            order by refunded_on asc, refund_id asc
            rows between unbounded preceding and current row
        ) as refunded_so_far

    from dated

),

capped as (

    select
        refund_id,
        order_id,
        product_id,
        amount,
        cast(
            greatest(
                amount - greatest(refunded_so_far - order_net_amount, 0), 0
            ) as decimal(18, 2)
        ) as counted_amount,
        ordered_on,
        refunded_on,
        refunded_so_far >= order_net_amount as is_full,
        refunded_so_far > order_net_amount as is_capped

    from accumulated

)

select * from capped

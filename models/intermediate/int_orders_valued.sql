-- Which orders were ever valid, what were they worth, and until when did they count?

{{ kept_between_runs('int_orders_digested', known_on='ordered_on') }}

with

orders as (

    select
        order_id,
        customer_id,
        raw_channel,
        status_kind,
        exchange_rate,
        gross_amount,
        discount_amount,
        is_guest,
        ordered_on,
        cancelled_on,
        loaded_on,
        ordered_at,
        gross_amount - discount_amount as net_amount

    from {{ ref('int_orders_identified') }}

    where not is_test and {{ is_not_over('ordered_on') }}

),

refunds as (

    select
        order_id,
        min(case when is_full then refunded_on end) as fully_refunded_on

    from {{ ref('int_refunds_capped') }}

    group by order_id

),

judged as (

    select
        orders.order_id,
        orders.customer_id,
        orders.raw_channel,
        orders.exchange_rate,
        orders.gross_amount,
        orders.discount_amount,
        orders.net_amount,
        orders.is_guest,
        orders.ordered_on,
        orders.loaded_on,
        orders.ordered_at,
        orders.net_amount = 0 as is_free,
        case
            when orders.net_amount = 0 then cast(null as date)
            else
                least(
                    coalesce(orders.cancelled_on, refunds.fully_refunded_on),
                    coalesce(refunds.fully_refunded_on, orders.cancelled_on)
                )
        end as voided_on,
        orders.status_kind = 'purchase'
        or (orders.status_kind = 'cancelled' and orders.cancelled_on is not null)
        or (orders.status_kind = 'refunded' and refunds.order_id is not null)
            as is_purchase

    from orders

    left join refunds
        on orders.order_id = refunds.order_id

),

valid as (

    select
        order_id,
        customer_id,
        raw_channel,
        exchange_rate,
        gross_amount,
        discount_amount,
        net_amount,
        is_guest,
        is_free,
        ordered_on,
        voided_on,
        loaded_on,
        ordered_at

    from judged

    where is_purchase and coalesce(voided_on > ordered_on, true)

)

select * from valid

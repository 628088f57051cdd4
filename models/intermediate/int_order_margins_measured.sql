-- What share of each order's revenue is left once its products are paid for?

with

items as (

    select
        order_id,
        product_id,
        quantity,
        net_amount

    from {{ ref('stg_order_items') }}

),

products as (

    select
        product_id,
        unit_cost

    from {{ ref('stg_products') }}

    where unit_cost is not null

),

orders as (

    select
        order_id,
        exchange_rate,
        ordered_on

    from {{ ref('stg_orders') }}

),

costed as (

    -- the lines whose cost is known speak for the others of their order
    select
        items.order_id,
        orders.ordered_on,
        sum(items.quantity * products.unit_cost) as product_cost,
        sum({{ to_cents('items.net_amount * orders.exchange_rate') }}) as revenue

    from items

    inner join products
        on items.product_id = products.product_id

    inner join orders
        on items.order_id = orders.order_id

    where items.quantity is not null and items.net_amount is not null

    group by
        items.order_id,
        orders.ordered_on

),

measured as (

    -- of six digits, as a decimal: what is sold, refunded and void then adds up exactly
    select
        order_id,
        ordered_on,
        cast(
            cast(
                floor(
                    (1 - cast(product_cost as double) / cast(revenue as double))
                    * 1000000
                    + 0.5
                ) as bigint
            ) * 0.000001 as decimal(18, 6)
        ) as margin_share

    from costed

    where revenue > 0

)

select * from measured

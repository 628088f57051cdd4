-- Which products did each customer buy in 365 days, and for how much?

with

today as (

    select observed_on
    from {{ ref('int_observation_dates') }}

    where is_as_of

),

orders as (

    select
        order_id,
        customer_id,
        exchange_rate,
        ordered_on,
        voided_on

    from {{ ref('int_orders_valued') }}

    where not is_free

),

items as (

    select
        order_id,
        product_id,
        net_amount

    from {{ ref('stg_order_items') }}

),

products as (

    select
        product_id,
        product_category,
        brand,
        is_premium,
        is_eco_labelled

    from {{ ref('stg_products') }}

),

standing as (

    select
        orders.order_id,
        orders.customer_id,
        orders.exchange_rate

    from orders

    inner join today
        on
            orders.ordered_on <= today.observed_on
            and {{ days_between('orders.ordered_on', 'today.observed_on') }} <= 365
            and coalesce(orders.voided_on > today.observed_on, true)

),

bought as (

    -- what was given back in part is still in
    select
        standing.customer_id,
        items.product_id,
        sum(items.net_amount * standing.exchange_rate) as spend

    from standing

    inner join items
        on standing.order_id = items.order_id

    group by
        standing.customer_id,
        items.product_id

),

described as (

    select
        bought.customer_id,
        bought.product_id,
        products.product_category,
        products.brand,
        products.is_premium,
        products.is_eco_labelled,
        bought.spend

    from bought

    inner join products
        on bought.product_id = products.product_id

)

select * from described

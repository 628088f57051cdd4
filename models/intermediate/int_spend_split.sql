-- On which brands and kinds of products did each customer's money of 365 days go?

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
        ordered_on,
        voided_on

    from {{ ref('int_orders_valued') }}

    where not is_free

),

rates as (

    select
        order_id,
        exchange_rate

    from {{ ref('int_orders_identified') }}

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
        brand,
        is_premium,
        is_eco_labelled

    from {{ ref('stg_products') }}

),

by_brand as (

    -- the lines of orders that stand today; what was given back in part is still in
    select
        orders.customer_id,
        products.brand,
        sum(items.net_amount * rates.exchange_rate) as spend,
        sum(
            case
                when products.is_premium is not null
                    then items.net_amount * rates.exchange_rate
            end
        ) as graded_spend,
        sum(
            case
                when products.is_premium then items.net_amount * rates.exchange_rate
            end
        ) as premium_spend,
        sum(
            case
                when products.is_eco_labelled is not null
                    then items.net_amount * rates.exchange_rate
            end
        ) as labelled_spend,
        sum(
            case
                when products.is_eco_labelled
                    then items.net_amount * rates.exchange_rate
            end
        ) as eco_spend

    from orders

    inner join today
        on
            orders.ordered_on <= today.observed_on
            and {{ days_between('orders.ordered_on', 'today.observed_on') }} <= 365
            and coalesce(orders.voided_on > today.observed_on, true)

    inner join rates
        on orders.order_id = rates.order_id

    inner join items
        on orders.order_id = items.order_id

    inner join products
        on items.product_id = products.product_id

    group by
        orders.customer_id,
        products.brand

),

ranked as (

    select
        customer_id,
        brand,
        spend,
        graded_spend,
        premium_spend,
        labelled_spend,
        eco_spend,
        row_number() over (
            partition by customer_id
            order by case when brand is not null then spend end desc nulls last, brand
        ) as brand_rank

    from by_brand

),

split as (

    select
        customer_id,
        max(case when brand_rank = 1 then brand end) as top_brand,
        {{ share_of(
            'max(case when brand is not null and brand_rank = 1 then spend end)',
            'sum(case when brand is not null then spend end)'
        ) }} as top_brand_share,
        {{ share_of('coalesce(sum(premium_spend), 0)', 'sum(graded_spend)') }}
            as premium_spend_share,
        {{ share_of('coalesce(sum(eco_spend), 0)', 'sum(labelled_spend)') }}
            as eco_spend_share

    from ranked

    group by customer_id

)

select * from split

-- The accounting identity, customer by customer and to the cent: what the orders
-- brought, less what was given back by that day, is the net revenue the segments are
-- made of. Today and half way back, where refunds that came since must not show.

with

clock as (

    select
        observed_on,
        is_as_of,
        row_number() over (order by observed_on) as look_number,
        count(*) over () as looks

    from {{ ref('int_observation_dates') }}

),

looks as (

    select observed_on

    from clock

    where is_as_of or look_number * 2 in (looks, looks + 1)

),

orders as (

    select
        order_id,
        customer_id,
        gross_amount,
        discount_amount,
        ordered_on,
        voided_on

    from {{ ref('int_orders_valued') }}

),

refunds as (

    select
        order_id,
        counted_amount,
        refunded_on

    from {{ ref('int_refunds_capped') }}

),

observed as (

    select
        customer_id,
        observed_on,
        net_revenue,
        net_revenue_365d

    from {{ ref('int_customers_observed') }}

),

valid as (

    select
        orders.order_id,
        orders.customer_id,
        looks.observed_on,
        orders.gross_amount - orders.discount_amount as amount,
        {{ days_between('orders.ordered_on', 'looks.observed_on') }} as days_since

    from orders

    inner join looks
        on
            orders.ordered_on <= looks.observed_on
            and coalesce(orders.voided_on > looks.observed_on, true)

),

amounts as (

    select
        customer_id,
        observed_on,
        amount,
        days_since

    from valid

    union all

    select
        valid.customer_id,
        valid.observed_on,
        -refunds.counted_amount as amount,
        valid.days_since

    from valid

    inner join refunds
        on
            valid.order_id = refunds.order_id
            and valid.observed_on >= refunds.refunded_on

),

recounted as (

    select
        customer_id,
        observed_on,
        sum(amount) as net_revenue,
        sum(case when days_since <= 365 then amount else 0 end) as net_revenue_365d

    from amounts

    group by
        customer_id,
        observed_on

),

looked_at as (

    select observed.*

    from observed

    inner join looks
        on observed.observed_on = looks.observed_on

),

compared as (

    select
        looked_at.customer_id,
        looked_at.observed_on,
        looked_at.net_revenue,
        recounted.net_revenue as net_revenue_recounted,
        looked_at.net_revenue_365d,
        recounted.net_revenue_365d as net_revenue_365d_recounted

    from looked_at

    full outer join recounted
        on
            looked_at.customer_id = recounted.customer_id
            and looked_at.observed_on = recounted.observed_on

    where
        looked_at.customer_id is null
        or looked_at.net_revenue <> coalesce(recounted.net_revenue, 0)
        or looked_at.net_revenue_365d <> coalesce(recounted.net_revenue_365d, 0)

)

select * from compared

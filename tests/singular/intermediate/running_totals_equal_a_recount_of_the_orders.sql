-- The ledger's running sums are quick; counting the orders that were valid on a date is
-- plain. Both have to say the same, today and half way back, where orders that are void
-- by now still counted.

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
        customer_id,
        is_free,
        ordered_on,
        voided_on

    from {{ ref('int_orders_valued') }}

),

observed as (

    select
        customer_id,
        observed_on,
        orders,
        free_orders,
        orders_90d,
        orders_180d,
        orders_365d,
        purchase_days,
        first_ordered_on,
        last_ordered_on

    from {{ ref('int_customers_observed') }}

),

valid as (

    select
        orders.customer_id,
        looks.observed_on,
        orders.is_free,
        case when not orders.is_free then orders.ordered_on end as purchased_on,
        {{ days_between('orders.ordered_on', 'looks.observed_on') }} as days_since

    from orders

    inner join looks
        on
            orders.ordered_on <= looks.observed_on
            and coalesce(orders.voided_on > looks.observed_on, true)

),

recounted as (

    select
        customer_id,
        observed_on,
        count(purchased_on) as orders,
        count(case when is_free then 1 end) as free_orders,
        count(case when days_since <= 90 then purchased_on end) as orders_90d,
        count(case when days_since <= 180 then purchased_on end) as orders_180d,
        count(case when days_since <= 365 then purchased_on end) as orders_365d,
        count(distinct purchased_on) as purchase_days,
        min(purchased_on) as first_ordered_on,
        max(purchased_on) as last_ordered_on

    from valid

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
        looked_at.orders,
        recounted.orders as orders_recounted,
        looked_at.last_ordered_on,
        recounted.last_ordered_on as last_ordered_on_recounted,
        coalesce(looked_at.customer_id, recounted.customer_id) as customer_id,
        coalesce(looked_at.observed_on, recounted.observed_on) as observed_on

    from looked_at

    full outer join recounted
        on
            looked_at.customer_id = recounted.customer_id
            and looked_at.observed_on = recounted.observed_on

    where
        looked_at.customer_id is null
        or looked_at.orders <> coalesce(recounted.orders, 0)
        or looked_at.free_orders <> coalesce(recounted.free_orders, 0)
        or looked_at.orders_90d <> coalesce(recounted.orders_90d, 0)
        or looked_at.orders_180d <> coalesce(recounted.orders_180d, 0)
        or looked_at.orders_365d <> coalesce(recounted.orders_365d, 0)
        or looked_at.purchase_days <> coalesce(recounted.purchase_days, 0)
        or coalesce(
            looked_at.first_ordered_on <> recounted.first_ordered_on,
            looked_at.first_ordered_on is not null
            or recounted.first_ordered_on is not null
        )
        or coalesce(
            looked_at.last_ordered_on <> recounted.last_ordered_on,
            looked_at.last_ordered_on is not null
            or recounted.last_ordered_on is not null
        )

)

select * from compared

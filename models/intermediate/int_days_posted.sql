-- When does each change of the ledger enter a trailing window, and when does it leave?

-- What is posted when it happens is posted, for each trailing window, once more with
-- the opposite sign on the day its order leaves the window. The running sum of the
-- postings is then the trailing sum, exact to the day, and no window is scanned twice.

with

ledger as (

    select
        customer_id,
        ordered_on,
        posted_on,
        orders_change,
        free_orders_change,
        net_revenue_change,
        gross_margin_change,
        online_orders_change,
        offline_orders_change,
        discounted_orders_change,
        is_purchase_day,
        is_standing_purchase_day,
        previous_purchased_on,
        voided_on,
        {{ days_between('ordered_on', 'posted_on') }} as days_old

    from {{ ref('int_customer_days') }}

),

moments as (

    -- when it happens it counts in every window; when its order is older than so many
    -- days, no longer in that one
    select
        0 as window_days,
        1 as ever,
        1 as in_90d,
        1 as in_180d,
        1 as in_365d

    union all

    select
        90 as window_days,
        0 as ever,
        -1 as in_90d,
        0 as in_180d,
        0 as in_365d

    union all

    select
        180 as window_days,
        0 as ever,
        0 as in_90d,
        -1 as in_180d,
        0 as in_365d

    union all

    select
        365 as window_days,
        0 as ever,
        0 as in_90d,
        0 as in_180d,
        -1 as in_365d

),

dated as (

    -- "within n days" means n days old or less
    select
        ledger.customer_id,
        ledger.ordered_on,
        ledger.posted_on as happened_on,
        ledger.orders_change,
        ledger.free_orders_change,
        ledger.net_revenue_change,
        ledger.gross_margin_change,
        ledger.online_orders_change,
        ledger.offline_orders_change,
        ledger.discounted_orders_change,
        moments.window_days,
        moments.ever,
        case when ledger.days_old <= 90 then moments.in_90d else 0 end as in_90d,
        case when ledger.days_old <= 180 then moments.in_180d else 0 end as in_180d,
        case when ledger.days_old <= 365 then moments.in_365d else 0 end as in_365d,
        ledger.is_purchase_day and moments.window_days = 0 as is_purchase_day,
        ledger.is_standing_purchase_day
        and moments.window_days = 0 as is_standing_purchase_day,
        case when moments.window_days = 0 then ledger.previous_purchased_on end
            as previous_purchased_on,
        case when moments.window_days = 0 then ledger.voided_on end as voided_on,
        case
            when moments.window_days = 0 then ledger.posted_on
            else {{ add_days('ledger.ordered_on', 'moments.window_days + 1') }}
        end as posted_on

    from ledger

    cross join moments

    where
        moments.window_days = 0
        or (
            ledger.days_old <= moments.window_days
            and (moments.window_days = 365 or ledger.orders_change <> 0)
        )

),

posted as (

    select
        customer_id,
        ordered_on,
        happened_on,
        window_days,
        is_purchase_day,
        is_standing_purchase_day,
        previous_purchased_on,
        voided_on,
        posted_on,
        cast(orders_change * ever as bigint) as orders_change,
        cast(free_orders_change * ever as bigint) as free_orders_change,
        cast(orders_change * in_90d as bigint) as orders_90d_change,
        cast(orders_change * in_180d as bigint) as orders_180d_change,
        cast(orders_change * in_365d as bigint) as orders_365d_change,
        cast(online_orders_change * in_365d as bigint) as online_orders_365d_change,
        cast(offline_orders_change * in_365d as bigint) as offline_orders_365d_change,
        cast(discounted_orders_change * in_365d as bigint)
            as discounted_orders_365d_change,
        cast(net_revenue_change * ever as decimal(18, 2)) as net_revenue_change,
        cast(net_revenue_change * in_365d as decimal(18, 2)) as net_revenue_365d_change,
        cast(gross_margin_change * ever as decimal(28, 8)) as gross_margin_change,
        cast(gross_margin_change * in_365d as decimal(28, 8))
            as gross_margin_365d_change

    from dated

)

select * from posted

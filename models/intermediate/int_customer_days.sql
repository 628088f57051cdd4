-- The ledger: what changed for each customer, posted on the day it happened?

-- What is posted when it happens is posted, for each trailing window, once more with
-- the opposite sign on the day its order leaves the window. The running sum of the
-- postings is then the trailing sum, exact to the day, and no window is scanned twice.
-- Orders are grouped by day before they are posted: afterwards there are four times as
-- many rows to group, and grouping is most of the cost.

with

events as (

    select
        customer_id,
        event_kind,
        orders_change,
        free_orders_change,
        net_revenue_change,
        gross_margin_change,
        is_discounted,
        channel_kind,
        ordered_on,
        voided_on,
        posted_on

    from {{ ref('int_order_events') }}

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

grouped as (

    select
        customer_id,
        ordered_on,
        posted_on,
        {{ days_between('ordered_on', 'posted_on') }} as days_old,
        cast(sum(orders_change) as bigint) as orders_change,
        cast(sum(free_orders_change) as bigint) as free_orders_change,
        cast(sum(net_revenue_change) as decimal(18, 2)) as net_revenue_change,
        cast(sum(gross_margin_change) as decimal(28, 8)) as gross_margin_change,
        cast(
            sum(case when channel_kind = 'online' then orders_change else 0 end)
            as bigint
        ) as online_orders_change,
        cast(
            sum(case when channel_kind = 'offline' then orders_change else 0 end)
            as bigint
        ) as offline_orders_change,
        cast(
            sum(case when is_discounted then orders_change else 0 end) as bigint
        ) as discounted_orders_change,
        max(case when event_kind = 'sold' then orders_change else 0 end) > 0
            as is_purchase_day,
        max(
            case
                when event_kind = 'sold' and voided_on is null then orders_change
                else 0
            end
        ) > 0 as is_standing_purchase_day,
        max(case when event_kind = 'sold' then voided_on end) as last_voided_on

    from events

    group by
        customer_id,
        ordered_on,
        posted_on

),

spaced as (

    select
        customer_id,
        ordered_on,
        posted_on,
        days_old,
        orders_change,
        free_orders_change,
        net_revenue_change,
        gross_margin_change,
        online_orders_change,
        offline_orders_change,
        discounted_orders_change,
        is_purchase_day,
        is_standing_purchase_day,
        case
            when is_purchase_day and not is_standing_purchase_day then last_voided_on
        end as voided_on,
        max(case when is_standing_purchase_day then posted_on end) over (
            partition by customer_id
            order by ordered_on asc, posted_on asc
            rows between unbounded preceding and 1 preceding
        ) as previous_purchased_on

    from grouped

),

dated as (

    -- "within n days" means n days old or less
    select
        spaced.customer_id,
        spaced.ordered_on,
        spaced.posted_on as happened_on,
        spaced.orders_change,
        spaced.free_orders_change,
        spaced.net_revenue_change,
        spaced.gross_margin_change,
        spaced.online_orders_change,
        spaced.offline_orders_change,
        spaced.discounted_orders_change,
        moments.window_days,
        moments.ever,
        case when spaced.days_old <= 90 then moments.in_90d else 0 end as in_90d,
        case when spaced.days_old <= 180 then moments.in_180d else 0 end as in_180d,
        case when spaced.days_old <= 365 then moments.in_365d else 0 end as in_365d,
        spaced.is_purchase_day and moments.window_days = 0 as is_purchase_day,
        spaced.is_standing_purchase_day
        and moments.window_days = 0 as is_standing_purchase_day,
        case when moments.window_days = 0 then spaced.previous_purchased_on end
            as previous_purchased_on,
        case when moments.window_days = 0 then spaced.voided_on end as voided_on,
        case
            when moments.window_days = 0 then spaced.posted_on
            else {{ add_days('spaced.ordered_on', 'moments.window_days + 1') }}
        end as posted_on

    from spaced

    cross join moments

    where
        moments.window_days = 0
        or (
            spaced.days_old <= moments.window_days
            and (moments.window_days = 365 or spaced.orders_change <> 0)
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

-- The ledger: what changed for each customer, posted on the day it happened?

-- Every event is posted when it happens and, for each trailing window, once more with
-- the opposite sign on the day its order leaves the window. The running sum of the
-- postings is then the trailing sum, exact to the day, and no window is scanned twice.

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

windows as (

    -- "within n days" means days_since <= n
    select 90 as window_days

    union all

    select 180 as window_days

    union all

    select 365 as window_days

),

entering as (

    select
        customer_id,
        posted_on,
        orders_change,
        free_orders_change,
        net_revenue_change,
        gross_margin_change,
        case when event_kind = 'sold' then orders_change else 0 end as orders_placed,
        case
            when event_kind = 'sold' and voided_on is null then orders_change
            else 0
        end as orders_standing,
        case when event_kind = 'sold' then voided_on end as voided_on,
        case
            when posted_on <= {{ add_days('ordered_on', 90) }} then orders_change
            else 0
        end as orders_90d_change,
        case
            when posted_on <= {{ add_days('ordered_on', 180) }} then orders_change
            else 0
        end as orders_180d_change,
        case
            when posted_on <= {{ add_days('ordered_on', 365) }} then orders_change
            else 0
        end as orders_365d_change,
        case
            when posted_on <= {{ add_days('ordered_on', 365) }} then net_revenue_change
            else 0
        end as net_revenue_365d_change,
        case
            when posted_on <= {{ add_days('ordered_on', 365) }} then gross_margin_change
        end as gross_margin_365d_change,
        case
            when
                channel_kind = 'online'
                and posted_on <= {{ add_days('ordered_on', 365) }}
                then orders_change
            else 0
        end as online_orders_365d_change,
        case
            when
                channel_kind = 'offline'
                and posted_on <= {{ add_days('ordered_on', 365) }}
                then orders_change
            else 0
        end as offline_orders_365d_change,
        case
            when is_discounted and posted_on <= {{ add_days('ordered_on', 365) }}
                then orders_change
            else 0
        end as discounted_orders_365d_change

    from events

),

leaving as (

    select
        events.customer_id,
        {{ add_days('events.ordered_on', 'windows.window_days + 1') }} as posted_on,
        0 as orders_change,
        0 as free_orders_change,
        cast(0 as decimal(18, 2)) as net_revenue_change,
        cast(null as decimal(28, 8)) as gross_margin_change,
        0 as orders_placed,
        0 as orders_standing,
        cast(null as date) as voided_on,
        case when windows.window_days = 90 then -events.orders_change else 0 end
            as orders_90d_change,
        case when windows.window_days = 180 then -events.orders_change else 0 end
            as orders_180d_change,
        case when windows.window_days = 365 then -events.orders_change else 0 end
            as orders_365d_change,
        case when windows.window_days = 365 then -events.net_revenue_change else 0 end
            as net_revenue_365d_change,
        case when windows.window_days = 365 then -events.gross_margin_change end
            as gross_margin_365d_change,
        case
            when windows.window_days = 365 and events.channel_kind = 'online'
                then -events.orders_change
            else 0
        end as online_orders_365d_change,
        case
            when windows.window_days = 365 and events.channel_kind = 'offline'
                then -events.orders_change
            else 0
        end as offline_orders_365d_change,
        case
            when windows.window_days = 365 and events.is_discounted
                then -events.orders_change
            else 0
        end as discounted_orders_365d_change

    from events

    cross join windows

    where
        events.posted_on <= {{ add_days('events.ordered_on', 'windows.window_days') }}
        and (events.orders_change <> 0 or windows.window_days = 365)

),

postings as (

    select * from entering

    union all

    select * from leaving

),

posted as (

    select
        customer_id,
        posted_on,
        cast(sum(orders_change) as bigint) as orders_change,
        cast(sum(free_orders_change) as bigint) as free_orders_change,
        cast(sum(orders_90d_change) as bigint) as orders_90d_change,
        cast(sum(orders_180d_change) as bigint) as orders_180d_change,
        cast(sum(orders_365d_change) as bigint) as orders_365d_change,
        cast(sum(net_revenue_change) as decimal(18, 2)) as net_revenue_change,
        cast(sum(net_revenue_365d_change) as decimal(18, 2)) as net_revenue_365d_change,
        cast(sum(gross_margin_change) as decimal(28, 8)) as gross_margin_change,
        cast(sum(gross_margin_365d_change) as decimal(28, 8))
            as gross_margin_365d_change,
        cast(sum(online_orders_365d_change) as bigint)
            as online_orders_365d_change,
        cast(sum(offline_orders_365d_change) as bigint)
            as offline_orders_365d_change,
        cast(sum(discounted_orders_365d_change) as bigint)
            as discounted_orders_365d_change,
        sum(orders_placed) > 0 as is_purchase_day,
        sum(orders_standing) > 0 as is_standing_purchase_day,
        case
            when sum(orders_placed) > 0 and sum(orders_standing) = 0 then max(voided_on)
        end as voided_on

    from postings

    group by
        customer_id,
        posted_on

),

spaced as (

    select
        customer_id,
        posted_on,
        orders_change,
        free_orders_change,
        orders_90d_change,
        orders_180d_change,
        orders_365d_change,
        net_revenue_change,
        net_revenue_365d_change,
        gross_margin_change,
        gross_margin_365d_change,
        online_orders_365d_change,
        offline_orders_365d_change,
        discounted_orders_365d_change,
        is_purchase_day,
        is_standing_purchase_day,
        voided_on,
        max(case when is_standing_purchase_day then posted_on end) over (
            partition by customer_id
            order by posted_on
            rows between unbounded preceding and 1 preceding
        ) as previous_purchased_on

    from posted

)

select * from spaced

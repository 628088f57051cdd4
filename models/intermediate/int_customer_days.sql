-- The ledger: what changed for each customer's orders of a day, on the day it happened?

-- When a change leaves a trailing window follows from it, so it is worked out where it
-- is asked for (int_days_posted) and not written: that would be three more rows each.

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

grouped as (

    select
        customer_id,
        ordered_on,
        posted_on,
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

)

select * from spaced

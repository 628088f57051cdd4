-- The ledger: what changed for each customer's orders of a day, on the day it happened?

-- When a change leaves a trailing window follows from it, so it is worked out where it
-- is asked for (int_days_posted) and not written: that would be three more rows each.

-- Months of ordering are kept while all that is known of them, and of those before, is
-- as in the run before; the purchase that open ones look back to is carried over.

{{ kept_between_runs('int_orders_digested', known_on='ordered_on') }}

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

    where {{ is_not_over('ordered_on') }}

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

{% if is_incremental() -%}
    carried as (

        select
            customer_id,
            max(posted_on) as purchased_on

        from {{ this }}

        where is_standing_purchase_day

        group by customer_id

    ),
{%- endif %}

spaced as (

    select
        grouped.customer_id,
        grouped.ordered_on,
        grouped.posted_on,
        grouped.orders_change,
        grouped.free_orders_change,
        grouped.net_revenue_change,
        grouped.gross_margin_change,
        grouped.online_orders_change,
        grouped.offline_orders_change,
        grouped.discounted_orders_change,
        grouped.is_purchase_day,
        grouped.is_standing_purchase_day,
        case
            when grouped.is_purchase_day and not grouped.is_standing_purchase_day
                then grouped.last_voided_on
        end as voided_on,
        coalesce(
            max(case when grouped.is_standing_purchase_day then grouped.posted_on end)
                over (
                    partition by grouped.customer_id
                    order by grouped.ordered_on asc, grouped.posted_on asc
                    rows between unbounded preceding and 1 preceding
                ),
            {{ 'carried.purchased_on' if is_incremental() else 'null' }}
        ) as previous_purchased_on

    from grouped

    {% if is_incremental() -%}
        left join carried
            on grouped.customer_id = carried.customer_id
    {%- endif %}

)

select * from spaced

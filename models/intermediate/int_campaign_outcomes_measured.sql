-- What did each member of each campaign do in the days after it, contacted or held out?

with

followed as (

    select
        campaign_id,
        segment,
        cost_per_contact,
        customer_id,
        is_control,
        contacted_on,
        followed_through,
        observed_on

    from {{ ref('int_campaign_members_enrolled') }}

),

events as (

    select
        customer_id,
        orders_change,
        net_revenue_change,
        ordered_on,
        posted_on

    from {{ ref('int_order_events') }}

),

spent as (

    -- orders that were given back in full since do not count
    select
        followed.campaign_id,
        followed.customer_id,
        cast(sum(events.net_revenue_change) as decimal(18, 2)) as net_revenue,
        sum(events.orders_change) as orders

    from followed

    inner join events
        on
            followed.customer_id = events.customer_id
            and followed.contacted_on <= events.ordered_on
            and followed.followed_through >= events.ordered_on
            and followed.observed_on >= events.posted_on

    group by
        followed.campaign_id,
        followed.customer_id

),

measured as (

    select
        followed.campaign_id,
        followed.segment,
        followed.cost_per_contact,
        followed.customer_id,
        followed.is_control,
        followed.contacted_on,
        followed.followed_through <= followed.observed_on as is_over,
        coalesce(spent.orders > 0, false) as is_converted,
        coalesce(spent.net_revenue, 0) as net_revenue

    from followed

    left join spent
        on
            followed.campaign_id = spent.campaign_id
            and followed.customer_id = spent.customer_id

)

select * from measured

-- What did each member of each campaign do in the days after it, contacted or held out?

with

campaigns as (

    select
        campaign_id,
        segment,
        cost_per_contact,
        started_on

    from {{ ref('stg_campaigns') }}

),

members as (

    select
        campaign_id,
        raw_customer_id,
        is_control,
        contacted_on

    from {{ ref('stg_campaign_members') }}

),

identified as (

    select
        raw_customer_id,
        customer_id

    from {{ ref('int_customers_identified') }}

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

today as (

    select observed_on
    from {{ ref('int_observation_dates') }}

    where is_as_of

),

enrolled as (

    -- a person with accounts in both groups was contacted and proves nothing
    select
        campaigns.campaign_id,
        campaigns.segment,
        campaigns.cost_per_contact,
        identified.customer_id,
        bool_or(members.is_control) as is_control,
        min(coalesce(members.contacted_on, campaigns.started_on)) as contacted_on

    from members

    inner join campaigns
        on members.campaign_id = campaigns.campaign_id

    inner join identified
        on members.raw_customer_id = identified.raw_customer_id

    group by
        campaigns.campaign_id,
        campaigns.segment,
        campaigns.cost_per_contact,
        identified.customer_id

    having bool_or(members.is_control) = bool_and(members.is_control)

),

followed as (

    select
        enrolled.campaign_id,
        enrolled.segment,
        enrolled.cost_per_contact,
        enrolled.customer_id,
        enrolled.is_control,
        enrolled.contacted_on,
        today.observed_on,
        {{ add_days('enrolled.contacted_on', var('lift_window_days')) }}
            as followed_through

    from enrolled

    inner join today
        on enrolled.contacted_on <= today.observed_on

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

-- Who was in each campaign, contacted or held out, and until when is that followed?

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

)

select * from followed

-- How many of each segment did a campaign for it reach, and how many are content?

with

members as (

    select
        segments.customer_id,
        segments.segment,
        segments.observed_on

    from {{ ref('int_segments_composed') }} as segments

    inner join {{ ref('int_observation_dates') }} as clock
        on segments.observed_on = clock.observed_on

    where clock.is_as_of

),

contacts as (

    select
        customer_id,
        segment,
        contacted_on

    from {{ ref('int_campaign_outcomes_measured') }}

    where not is_control

),

opinions as (

    select
        customer_id,
        satisfaction

    from {{ ref('int_satisfaction_scored') }}

    where satisfaction <> 'unknown'

),

reached as (

    -- what was for another segment did nothing for this one; what was for none, for all
    select distinct members.customer_id

    from members

    inner join contacts
        on
            members.customer_id = contacts.customer_id
            and members.segment = coalesce(contacts.segment, members.segment)
            and {{ days_between(
                'contacts.contacted_on', 'members.observed_on'
            ) }} <= 365

),

counted as (

    select
        members.segment,
        count(*) as customers,
        count(reached.customer_id) as customers_contacted_365d,
        count(opinions.satisfaction) as customers_asked,
        count(case when opinions.satisfaction = 'satisfied' then 1 end)
            as customers_satisfied

    from members

    left join reached
        on members.customer_id = reached.customer_id

    left join opinions
        on members.customer_id = opinions.customer_id

    group by members.segment

),

shared as (

    select
        segment,
        customers_contacted_365d,
        {{ share_of('customers_contacted_365d', 'customers') }} as contacted_share,
        {{ share_of('customers_satisfied', 'customers_asked') }} as satisfied_share

    from counted

)

select * from shared

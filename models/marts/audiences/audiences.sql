-- Which lists of customers are there to act on, and what is each for?

with

playbook as (

    select
        segment,
        satisfaction,
        action,
        action_en,
        action_zh,
        channel,
        owner_en,
        owner_zh

    from {{ ref('playbook') }}

),

memberships as (

    select
        audience_id,
        count(*) as members

    from {{ ref('audience_memberships') }}

    group by audience_id

),

today as (

    select observed_on
    from {{ ref('int_observation_dates') }}

    where is_as_of

),

listed as (

    -- an audience that nobody is in is listed too
    select
        playbook.action as audience_id,
        playbook.segment,
        playbook.satisfaction,
        playbook.action_en as audience_label_en,
        playbook.action_zh as audience_label_zh,
        playbook.channel,
        playbook.owner_en,
        playbook.owner_zh,
        today.observed_on,
        coalesce(memberships.members, 0) as members

    from playbook

    cross join today

    left join memberships
        on playbook.action = memberships.audience_id

)

select * from listed

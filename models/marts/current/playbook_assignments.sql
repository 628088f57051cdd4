-- What is to be done with each customer, and who is held out to compare with?

with

today as (

    select observed_on
    from {{ ref('int_observation_dates') }}

    where is_as_of

),

segments as (

    select
        customer_id,
        observed_on,
        segment

    from {{ ref('int_segments_composed') }}

),

playbook as (

    select
        segment,
        action

    from {{ ref('playbook') }}

),

assigned as (

    select
        segments.customer_id,
        segments.segment,
        playbook.action,
        segments.observed_on,
        case
            when
                {{ held_out(
                    'playbook.action', 'segments.segment', 'segments.customer_id'
                ) }}
                then 'control'
            else 'treatment'
        end as assigned_group

    from segments

    inner join today
        on segments.observed_on = today.observed_on

    inner join playbook
        on segments.segment = playbook.segment

)

select * from assigned

-- Who entered and who left each list lately?

with

history as (

    select
        customer_id,
        category as segment,
        valid_from,
        valid_to

    from {{ ref('customer_segment_history') }}

    where dimension = 'segment'

),

playbook as (

    select
        segment,
        action

    from {{ ref('playbook') }}

),

people as (

    select
        customer_id,
        observed_on

    from {{ ref('people') }}

),

stays as (

    -- the hash draws the same hold-out on any day
    select
        playbook.action as audience_id,
        history.customer_id,
        history.valid_from,
        history.valid_to,
        people.observed_on

    from history

    inner join people
        on history.customer_id = people.customer_id

    inner join playbook
        on history.segment = playbook.segment

    where
        not {{ held_out(
            'playbook.action', 'history.segment', 'history.customer_id'
        ) }}

),

happened as (

    select
        audience_id,
        customer_id,
        'entered' as event_kind,
        valid_from as happened_on,
        observed_on

    from stays

    union all

    select
        audience_id,
        customer_id,
        'exited' as event_kind,
        valid_to as happened_on,
        observed_on

    from stays

    where valid_to is not null

),

recent as (

    select
        audience_id,
        customer_id,
        event_kind,
        happened_on,
        observed_on

    from happened

    where
        happened_on > {{ add_days('observed_on', -var('audience_event_days')) }}
        and happened_on <= observed_on

)

select * from recent

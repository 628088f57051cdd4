-- Who entered and who left each list since the version that was served before?

with

served as (

    -- as read from that version's own file before this build began
    select
        audience_id,
        customer_id,
        observed_on

    from {{ source('served', 'audience_memberships') }}

),

built as (

    select
        audience_id,
        customer_id

    from {{ ref('audience_memberships') }}

),

looks as (

    select
        today.observed_on,
        max(served.observed_on) as previous_observed_on

    from {{ ref('int_observation_dates') }} as today

    left join served
        on today.is_as_of

    where today.is_as_of

    group by today.observed_on

),

differing as (

    -- before the first version nobody was on a list
    select
        coalesce(built.audience_id, served.audience_id) as audience_id,
        coalesce(built.customer_id, served.customer_id) as customer_id,
        case when served.customer_id is null then 'entered' else 'exited' end
            as event_kind

    from built

    full outer join served
        on
            built.audience_id = served.audience_id
            and built.customer_id = served.customer_id

    where built.customer_id is null or served.customer_id is null

),

happened as (

    select
        differing.audience_id,
        differing.customer_id,
        differing.event_kind,
        looks.observed_on as happened_on,
        looks.previous_observed_on,
        looks.observed_on

    from differing

    cross join looks

)

select * from happened

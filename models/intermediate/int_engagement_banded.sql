-- On how many of the last 90 days did each customer visit, click or otherwise show up?

with

today as (

    select observed_on
    from {{ ref('int_observation_dates') }}

    where is_as_of

),

customers as (

    select
        customer_id,
        is_guest

    from {{ ref('int_customers') }}

),

events as (

    select
        raw_customer_id,
        raw_event_type,
        occurred_on

    from {{ ref('stg_events') }}

),

event_types as (

    select
        raw_event_type,
        event_kind

    from {{ ref('event_types') }}

),

identified as (

    select
        raw_customer_id,
        customer_id

    from {{ ref('int_customers_identified') }}

),

bands as (

    select
        category,
        above,
        at_least,
        below,
        up_to

    from {{ ref('int_bands_in_force') }}

    where dimension = 'engagement' and is_as_of

),

known as (

    -- a shop without events cannot say that anyone is silent
    select count(*) > 0 as has_events
    from events

),

counted as (

    -- what only reached a customer, a mail sent, is nothing the customer did
    select
        identified.customer_id,
        count(*) as events_90d,
        count(distinct events.occurred_on) as event_days_90d,
        max(events.occurred_on) as last_event_on

    from events

    inner join identified
        on events.raw_customer_id = identified.raw_customer_id

    inner join today
        on
            events.occurred_on <= today.observed_on
            and {{ days_between('events.occurred_on', 'today.observed_on') }} <= 90

    left join event_types
        on events.raw_event_type = event_types.raw_event_type

    where coalesce(event_types.event_kind <> 'received', true)

    group by identified.customer_id

),

completed as (

    select
        customers.customer_id,
        counted.last_event_on,
        case
            when known.has_events and not customers.is_guest
                then coalesce(counted.events_90d, 0)
        end as events_90d,
        case
            when known.has_events and not customers.is_guest
                then coalesce(counted.event_days_90d, 0)
        end as event_days_90d

    from customers

    cross join known

    left join counted
        on customers.customer_id = counted.customer_id

),

banded as (

    select
        completed.customer_id,
        completed.events_90d,
        completed.event_days_90d,
        completed.last_event_on,
        coalesce(bands.category, 'unknown') as engagement

    from completed

    left join bands
        on
            completed.event_days_90d is not null
            and {{ falls_in('completed.event_days_90d', 'bands') }}

)

select * from banded

-- Which words of the shop does no mapping know, and how much hangs on each?

with

mappings as (

    select
        dimension,
        attribute_name,
        raw_word

    from {{ ref('word_mappings') }}

),

asked_for as (

    select distinct
        dimension,
        attribute_name

    from mappings

),

listed as (

    select
        attribute_name,
        raw_word

    from {{ ref('int_attributes_listed') }}

),

orders as (

    select raw_channel
    from {{ ref('int_orders_valued') }}

    where raw_channel is not null

),

channels as (

    select raw_channel
    from {{ ref('channels') }}

),

events as (

    select raw_event_type
    from {{ ref('stg_events') }}

    where raw_event_type is not null

),

event_types as (

    select raw_event_type
    from {{ ref('event_types') }}

),

today as (

    select observed_on
    from {{ ref('int_observation_dates') }}

    where is_as_of

),

unknown_words as (

    select
        'word_mappings' as seed,
        asked_for.dimension,
        listed.raw_word

    from listed

    inner join asked_for
        on listed.attribute_name = asked_for.attribute_name

    left join mappings
        on
            asked_for.dimension = mappings.dimension
            and listed.attribute_name = mappings.attribute_name
            and listed.raw_word = mappings.raw_word

    where mappings.raw_word is null

    union all

    select
        'channels' as seed,
        'channel' as dimension,
        orders.raw_channel as raw_word

    from orders

    left join channels
        on orders.raw_channel = channels.raw_channel

    where channels.raw_channel is null

    union all

    select
        'event_types' as seed,
        'engagement' as dimension,
        events.raw_event_type as raw_word

    from events

    left join event_types
        on events.raw_event_type = event_types.raw_event_type

    where event_types.raw_event_type is null

),

counted as (

    select
        unknown_words.seed,
        unknown_words.dimension,
        unknown_words.raw_word,
        today.observed_on,
        count(*) as times_used

    from unknown_words

    cross join today

    group by
        unknown_words.seed,
        unknown_words.dimension,
        unknown_words.raw_word,
        today.observed_on

)

select * from counted

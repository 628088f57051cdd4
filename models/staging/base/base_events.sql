-- What does each raw event row say, and can it be believed?

with

source as (

    select
        event_id,
        customer_id,
        product_id,
        event_type,
        occurred_at,
        updated_at,
        load_id,
        source_line,
        loaded_on

    from {{ source('raw', 'events') }}

),

typed as (

    select
        {{ blank_to_null('event_id') }} as event_id,
        {{ blank_to_null('customer_id') }} as raw_customer_id,
        {{ blank_to_null('product_id') }} as product_id,
        lower({{ blank_to_null('event_type') }}) as raw_event_type,
        {{ business_date('occurred_at') }} as occurred_on,
        {{ unreadable('occurred_at', utc_timestamp('occurred_at')) }}
            as is_occurred_on_unreadable,
        {{ utc_timestamp('updated_at') }} as updated_at,
        load_id,
        source_line,
        loaded_on

    from source

),

repeats as (

    {{ repeats_of(
        'events',
        key=[blank_to_null('event_id')],
        columns=[
            'event_id', 'customer_id', 'product_id', 'event_type', 'occurred_at'
        ]
    ) }}

),

judged as (

    select
        typed.event_id,
        typed.raw_customer_id,
        typed.product_id,
        typed.raw_event_type,
        typed.occurred_on,
        typed.updated_at,
        typed.load_id,
        typed.source_line,
        typed.loaded_on,
        concat_ws(
            ';',
            repeats.repeat_reason,
            case when typed.event_id is null then 'missing_key' end,
            case when typed.raw_customer_id is null then 'missing_customer' end,
            case when typed.is_occurred_on_unreadable then 'unreadable_date' end,
            case
                when typed.occurred_on is null and not typed.is_occurred_on_unreadable
                    then 'missing_date'
            end,
            {{ implausible_date('typed.occurred_on', 'typed.loaded_on') }}
        ) as reject_reasons

    from typed

    left join repeats
        on
            typed.load_id = repeats.load_id
            and typed.source_line = repeats.source_line

)

select * from judged

-- What does each raw ticket row say, and can it be believed?

with

source as (

    select
        ticket_id,
        customer_id,
        order_id,
        ticket_type,
        opened_at,
        closed_at,
        updated_at,
        load_id,
        source_line,
        loaded_on

    from {{ source('raw', 'tickets') }}

),

typed as (

    select
        {{ blank_to_null('ticket_id') }} as ticket_id,
        {{ blank_to_null('customer_id') }} as raw_customer_id,
        {{ blank_to_null('order_id') }} as order_id,
        lower({{ blank_to_null('ticket_type') }}) as ticket_type,
        {{ business_date('opened_at') }} as opened_on,
        {{ unreadable('opened_at', utc_timestamp('opened_at')) }}
            as is_opened_on_unreadable,
        {{ business_date('closed_at') }} as closed_on,
        {{ unreadable('closed_at', utc_timestamp('closed_at')) }}
            as is_closed_on_unreadable,
        {{ utc_timestamp('updated_at') }} as updated_at,
        load_id,
        source_line,
        loaded_on

    from source

),

repeats as (

    {{ repeats_of(
        'tickets',
        key=[blank_to_null('ticket_id')],
        columns=[
            'ticket_id', 'customer_id', 'order_id', 'ticket_type', 'opened_at',
            'closed_at'
        ]
    ) }}

),

judged as (

    select
        typed.ticket_id,
        typed.raw_customer_id,
        typed.order_id,
        typed.ticket_type,
        typed.opened_on,
        typed.closed_on,
        typed.updated_at,
        typed.load_id,
        typed.source_line,
        typed.loaded_on,
        concat_ws(
            ';',
            repeats.repeat_reason,
            case when typed.ticket_id is null then 'missing_key' end,
            case when typed.raw_customer_id is null then 'missing_customer' end,
            case when typed.is_opened_on_unreadable then 'unreadable_date' end,
            case
                when typed.opened_on is null and not typed.is_opened_on_unreadable
                    then 'missing_date'
            end,
            {{ implausible_date('typed.opened_on', 'typed.loaded_on') }},
            case when typed.is_closed_on_unreadable then 'unreadable_date' end,
            {{ implausible_date('typed.closed_on', 'typed.loaded_on') }}
        ) as reject_reasons

    from typed

    left join repeats
        on
            typed.load_id = repeats.load_id
            and typed.source_line = repeats.source_line

)

select * from judged

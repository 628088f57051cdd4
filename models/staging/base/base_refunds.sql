-- What does each raw refund row say, which order is it for, and can it be believed?

with

source as (

    select
        refund_id,
        order_id,
        customer_id,
        product_id,
        amount,
        refunded_at,
        updated_at,
        load_id,
        source_line,
        loaded_on

    from {{ source('raw', 'refunds') }}

),

accepted_orders as (

    select
        order_id,
        raw_customer_id,
        ordered_on,
        ordered_at

    from {{ ref('stg_orders') }}

),

order_items as (

    select
        order_id,
        product_id

    from {{ ref('stg_order_items') }}

),

typed as (

    select
        {{ blank_to_null('refund_id') }} as refund_id,
        {{ blank_to_null('order_id') }} as order_id,
        {{ blank_to_null('customer_id') }} as raw_customer_id,
        {{ blank_to_null('product_id') }} as product_id,
        try_cast(amount as decimal(18, 2)) as amount,
        {{ missing('amount', 'try_cast(amount as decimal(18, 2))') }}
            as is_amount_missing,
        {{ business_date('refunded_at') }} as refunded_on,
        {{ unreadable('refunded_at', utc_timestamp('refunded_at')) }}
            as is_date_unreadable,
        {{ utc_timestamp('updated_at') }} as updated_at,
        load_id,
        source_line,
        loaded_on

    from source

),

repeats as (

    {{ repeats_of(
        'refunds',
        key=[blank_to_null('refund_id')],
        columns=[
            'refund_id', 'order_id', 'customer_id', 'product_id', 'amount',
            'refunded_at'
        ]
    ) }}

),

credit_notes as (

    -- a credit note names no order: it is for the customer's newest earlier order that
    -- holds the item, or, where it names no item either, the newest earlier order
    select
        typed.load_id,
        typed.source_line,
        accepted_orders.order_id,
        row_number() over (
            partition by typed.load_id, typed.source_line
            order by accepted_orders.ordered_at desc, accepted_orders.order_id desc
        ) as recency

    from typed

    inner join accepted_orders
        on
            typed.raw_customer_id = accepted_orders.raw_customer_id
            and accepted_orders.ordered_on
            <= coalesce(typed.refunded_on, accepted_orders.ordered_on)

    left join order_items
        on
            accepted_orders.order_id = order_items.order_id
            and typed.product_id = order_items.product_id

    where
        typed.order_id is null
        and (typed.product_id is null or order_items.product_id is not null)

),

addressed as (

    select
        typed.refund_id,
        typed.raw_customer_id,
        typed.product_id,
        typed.amount,
        typed.is_amount_missing,
        typed.refunded_on,
        typed.is_date_unreadable,
        typed.updated_at,
        typed.load_id,
        typed.source_line,
        typed.loaded_on,
        repeats.repeat_reason,
        typed.order_id is null as is_credit_note,
        coalesce(typed.order_id, credit_notes.order_id) as order_id

    from typed

    left join credit_notes
        on
            typed.load_id = credit_notes.load_id
            and typed.source_line = credit_notes.source_line
            and credit_notes.recency = 1

    left join repeats
        on
            typed.load_id = repeats.load_id
            and typed.source_line = repeats.source_line

),

judged as (

    select
        addressed.refund_id,
        addressed.order_id,
        addressed.raw_customer_id,
        addressed.product_id,
        addressed.amount,
        addressed.is_credit_note,
        addressed.refunded_on,
        addressed.updated_at,
        addressed.load_id,
        addressed.source_line,
        addressed.loaded_on,
        concat_ws(
            ';',
            addressed.repeat_reason,
            case when addressed.refund_id is null then 'missing_key' end,
            case when addressed.is_date_unreadable then 'unreadable_date' end,
            {{ implausible_date('addressed.refunded_on', 'addressed.loaded_on') }},
            case when addressed.is_amount_missing then 'missing_amount' end,
            case
                when addressed.amount is null and not addressed.is_amount_missing
                    then 'unreadable_amount'
            end,
            case when addressed.amount < 0 then 'negative_amount' end,
            case when accepted_orders.order_id is null then 'unknown_order' end
        ) as reject_reasons

    from addressed

    left join accepted_orders
        on addressed.order_id = accepted_orders.order_id

)

select * from judged

-- What does each raw order line row say, and can it be believed?

with

source as (

    select
        order_item_id,
        order_id,
        product_id,
        quantity,
        net_amount,
        updated_at,
        load_id,
        source_line,
        loaded_on

    from {{ source('raw', 'order_items') }}

),

accepted_orders as (

    select order_id
    from {{ ref('stg_orders') }}

),

typed as (

    select
        {{ blank_to_null('order_item_id') }} as order_item_id,
        {{ blank_to_null('order_id') }} as order_id,
        {{ blank_to_null('product_id') }} as product_id,
        try_cast(quantity as decimal(18, 4)) as quantity,
        {{ unreadable('quantity', 'try_cast(quantity as decimal(18, 4))') }}
            as is_quantity_unreadable,
        try_cast(net_amount as decimal(18, 2)) as net_amount,
        {{ unreadable('net_amount', 'try_cast(net_amount as decimal(18, 2))') }}
            as is_net_amount_unreadable,
        {{ utc_timestamp('updated_at') }} as updated_at,
        load_id,
        source_line,
        loaded_on

    from source

),

repeats as (

    {{ repeats_of(
        'order_items',
        key=[blank_to_null('order_item_id')],
        columns=[
            'order_item_id', 'order_id', 'product_id', 'quantity', 'net_amount'
        ]
    ) }}

),

judged as (

    select
        typed.order_item_id,
        typed.order_id,
        typed.product_id,
        typed.quantity,
        typed.net_amount,
        typed.updated_at,
        typed.load_id,
        typed.source_line,
        typed.loaded_on,
        concat_ws(
            ';',
            repeats.repeat_reason,
            case when typed.order_item_id is null then 'missing_key' end,
            case when typed.order_id is null then 'missing_order' end,
            case when typed.is_quantity_unreadable then 'unreadable_amount' end,
            case when typed.is_net_amount_unreadable then 'unreadable_amount' end,
            case
                when typed.order_id is not null and accepted_orders.order_id is null
                    then 'unknown_order'
            end
        ) as reject_reasons

    from typed

    left join repeats
        on
            typed.load_id = repeats.load_id
            and typed.source_line = repeats.source_line

    left join accepted_orders
        on typed.order_id = accepted_orders.order_id

)

select * from judged

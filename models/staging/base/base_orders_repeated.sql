-- Which raw order rows repeat an order id, and why does each but one not count?

with

orders as (

    select
        load_id,
        source_line,
        {{ business_date('ordered_at') }} as ordered_on

    from {{ source('raw', 'orders') }}

),

repeats as (

    {{ repeats_of(
        'orders',
        key=[blank_to_null('order_id')],
        columns=[
            'order_id', 'customer_id', 'email', 'status', 'currency', 'channel',
            'gross_amount', 'discount_amount', 'is_test', 'ordered_at', 'cancelled_at'
        ]
    ) }}

),

dated as (

    select
        repeats.load_id,
        repeats.source_line,
        repeats.repeat_reason,
        orders.ordered_on

    from repeats

    inner join orders
        on
            repeats.load_id = orders.load_id
            and repeats.source_line = orders.source_line

)

select * from dated

-- What was in each accepted order?

with

accepted as (

    select
        order_item_id,
        order_id,
        product_id,
        quantity,
        net_amount

    from {{ ref('base_order_items') }}

    where reject_reasons = ''

)

select * from accepted

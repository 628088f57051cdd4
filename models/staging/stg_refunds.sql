-- What was given back, when, and for which order?

with

accepted as (

    select
        refund_id,
        order_id,
        product_id,
        amount,
        is_credit_note,
        refunded_on

    from {{ ref('base_refunds') }}

    where reject_reasons = ''

)

select * from accepted

-- Which refunds gave back more than their order brought, and how much of them counts?

with

refunds as (

    select
        refund_id,
        order_id,
        amount,
        counted_amount,
        is_capped,
        refunded_on

    from {{ ref('int_refunds_capped') }}

),

capped as (

    select
        refund_id,
        order_id,
        amount,
        counted_amount,
        cast(amount - counted_amount as decimal(18, 2)) as excess_amount,
        refunded_on

    from refunds

    where is_capped

)

select * from capped

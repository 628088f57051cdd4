-- What did customers think of it?

with

accepted as (

    select
        feedback_id,
        raw_customer_id,
        order_id,
        feedback_type,
        score,
        given_on

    from {{ ref('base_feedback') }}

    where reject_reasons = ''

)

select * from accepted

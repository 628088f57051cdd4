-- What did customers do between orders?

with

accepted as (

    select
        event_id,
        raw_customer_id,
        product_id,
        raw_event_type,
        occurred_on

    from {{ ref('base_events') }}

    where reject_reasons = ''

)

select * from accepted

-- When did customers need help?

with

accepted as (

    select
        ticket_id,
        raw_customer_id,
        order_id,
        ticket_type,
        opened_on,
        closed_on

    from {{ ref('base_tickets') }}

    where reject_reasons = ''

)

select * from accepted

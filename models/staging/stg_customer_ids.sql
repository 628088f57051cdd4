-- Which raw ids are one customer, by the crosswalk?

with

accepted as (

    select
        raw_customer_id,
        customer_id

    from {{ ref('base_customer_ids') }}

    where reject_reasons = ''

)

select * from accepted

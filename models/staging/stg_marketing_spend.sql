-- What did each acquisition channel cost, month by month?

with

accepted as (

    select
        acquisition_channel,
        spend,
        spent_on

    from {{ ref('base_marketing_spend') }}

    where reject_reasons = ''

)

select * from accepted

-- Who was in each campaign, and who was held out?

with

accepted as (

    select
        campaign_id,
        raw_customer_id,
        is_control,
        contacted_on

    from {{ ref('base_campaign_members') }}

    where reject_reasons = ''

)

select * from accepted

-- Which campaigns were run?

with

accepted as (

    select
        campaign_id,
        campaign_name,
        segment,
        cost_per_contact,
        started_on,
        ended_on

    from {{ ref('base_campaigns') }}

    where reject_reasons = ''

)

select * from accepted

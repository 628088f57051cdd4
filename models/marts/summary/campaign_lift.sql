-- What did each campaign bring, beyond what would have happened anyway?

with

lifts as (

    select
        campaign_id,
        segment,
        first_contacted_on,
        treated_customers,
        control_customers,
        treated_conversion,
        control_conversion,
        conversion_lift,
        conversion_lift_lower,
        conversion_lift_upper,
        revenue_lift,
        revenue_lift_lower,
        revenue_lift_upper,
        incremental_orders,
        incremental_revenue,
        contact_cost,
        return_on_cost,
        return_on_cost_lower,
        return_on_cost_upper,
        verdict

    from {{ ref('int_lifts_judged') }}

    where campaign_id is not null

),

campaigns as (

    select
        campaign_id,
        campaign_name

    from {{ ref('stg_campaigns') }}

),

verdicts as (

    select
        verdict,
        label_en,
        label_zh

    from {{ ref('verdicts') }}

),

labelled as (

    select
        lifts.campaign_id,
        campaigns.campaign_name,
        lifts.segment,
        lifts.first_contacted_on,
        lifts.treated_customers,
        lifts.control_customers,
        lifts.treated_conversion,
        lifts.control_conversion,
        lifts.conversion_lift,
        lifts.conversion_lift_lower,
        lifts.conversion_lift_upper,
        lifts.revenue_lift,
        lifts.revenue_lift_lower,
        lifts.revenue_lift_upper,
        lifts.incremental_orders,
        lifts.incremental_revenue,
        lifts.contact_cost,
        lifts.return_on_cost,
        lifts.return_on_cost_lower,
        lifts.return_on_cost_upper,
        lifts.verdict,
        verdicts.label_en as verdict_label_en,
        verdicts.label_zh as verdict_label_zh

    from lifts

    left join campaigns
        on lifts.campaign_id = campaigns.campaign_id

    left join verdicts
        on lifts.verdict = verdicts.verdict

)

select * from labelled

-- Does what we do with each segment work, over all its campaigns?

with

lifts as (

    select
        segment,
        campaigns,
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

    where campaign_id is null

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
        lifts.segment,
        lifts.campaigns,
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

    left join verdicts
        on lifts.verdict = verdicts.verdict

)

select * from labelled

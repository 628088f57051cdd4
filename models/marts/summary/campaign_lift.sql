-- What did each campaign bring, beyond what would have happened anyway?

with

lifts as (

    select
        campaign_id,
        segment,
        cost_per_contact,
        first_contacted_on,
        treated,
        controls,
        treated_conversion,
        control_conversion,
        conversion_lift,
        conversion_margin_below,
        conversion_margin_above,
        revenue_lift,
        revenue_variance,
        revenue_spread

    from {{ ref('int_campaign_lifts_estimated') }}

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

bounded as (

    select
        campaign_id,
        segment,
        first_contacted_on,
        treated,
        controls,
        treated_conversion,
        control_conversion,
        conversion_lift,
        revenue_lift,
        conversion_lift - conversion_margin_below as conversion_lift_lower,
        conversion_lift + conversion_margin_above as conversion_lift_upper,
        {{ welch_half_width('revenue_variance', 'revenue_spread') }} as revenue_margin,
        conversion_lift * treated as incremental_orders,
        revenue_lift * treated as incremental_revenue,
        cast(cost_per_contact as double) * treated as contact_cost

    from lifts

),

judged as (

    select
        campaign_id,
        segment,
        first_contacted_on,
        treated,
        controls,
        treated_conversion,
        control_conversion,
        conversion_lift,
        conversion_lift_lower,
        conversion_lift_upper,
        revenue_lift,
        revenue_margin,
        incremental_orders,
        incremental_revenue,
        contact_cost,
        {{ lift_verdict(
            'treated', 'controls', 'conversion_lift_lower', 'conversion_lift_upper'
        ) }} as verdict

    from bounded

),

measured as (

    select
        judged.campaign_id,
        campaigns.campaign_name,
        judged.segment,
        judged.first_contacted_on,
        judged.treated as treated_customers,
        judged.controls as control_customers,
        {{ round_to_9_digits('judged.treated_conversion') }} as treated_conversion,
        {{ round_to_9_digits('judged.control_conversion') }} as control_conversion,
        {{ round_to_9_digits('judged.conversion_lift') }} as conversion_lift,
        {{ round_to_9_digits('judged.conversion_lift_lower') }}
            as conversion_lift_lower,
        {{ round_to_9_digits('judged.conversion_lift_upper') }}
            as conversion_lift_upper,
        {{ cents_of('judged.revenue_lift') }} as revenue_lift,
        {{ cents_of('judged.revenue_lift - judged.revenue_margin') }}
            as revenue_lift_lower,
        {{ cents_of('judged.revenue_lift + judged.revenue_margin') }}
            as revenue_lift_upper,
        {{ round_to_9_digits('judged.incremental_orders') }} as incremental_orders,
        {{ cents_of('judged.incremental_revenue') }} as incremental_revenue,
        {{ cents_of('judged.contact_cost') }} as contact_cost,
        {{ growth_of('judged.incremental_revenue', 'judged.contact_cost') }}
            as return_on_cost,
        {{ growth_of(
            '(judged.revenue_lift - judged.revenue_margin) * judged.treated',
            'judged.contact_cost'
        ) }} as return_on_cost_lower,
        {{ growth_of(
            '(judged.revenue_lift + judged.revenue_margin) * judged.treated',
            'judged.contact_cost'
        ) }} as return_on_cost_upper,
        judged.verdict,
        verdicts.label_en as verdict_label_en,
        verdicts.label_zh as verdict_label_zh

    from judged

    left join campaigns
        on judged.campaign_id = campaigns.campaign_id

    left join verdicts
        on judged.verdict = verdicts.verdict

)

select * from measured

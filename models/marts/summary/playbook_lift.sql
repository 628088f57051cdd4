-- Does what we do with each segment work, over all its campaigns?

with

lifts as (

    -- a campaign that held nobody out tells nothing
    select
        campaign_id,
        segment,
        cost_per_contact,
        treated,
        controls,
        treated_conversion,
        control_conversion,
        conversion_lift,
        conversion_margin_below,
        conversion_margin_above,
        revenue_lift,
        revenue_variance,
        revenue_spread,
        cast(treated as double) / sum(treated) over (partition by segment)
            as treated_share

    from {{ ref('int_campaign_lifts_estimated') }}

    where treated > 1 and controls > 1 and segment is not null

),

verdicts as (

    select
        verdict,
        label_en,
        label_zh

    from {{ ref('verdicts') }}

),

pooled as (

    -- each campaign weighs as many as it treated; its interval's margins add up as
    -- squares (MOVER: Zou and Donner 2008)
    select
        segment,
        count(*) as campaigns,
        sum(treated) as treated,
        sum(controls) as controls,
        sum(treated_share * treated_conversion) as treated_conversion,
        sum(treated_share * control_conversion) as control_conversion,
        sum(treated_share * conversion_lift) as conversion_lift,
        sqrt(sum(power(treated_share * conversion_margin_below, 2))) as margin_below,
        sqrt(sum(power(treated_share * conversion_margin_above, 2))) as margin_above,
        sum(treated_share * revenue_lift) as revenue_lift,
        sum(power(treated_share, 2) * revenue_variance) as revenue_variance,
        sum(power(treated_share, 4) * revenue_spread) as revenue_spread,
        case
            when count(cost_per_contact) = count(*)
                then sum(cast(cost_per_contact as double) * treated)
        end as contact_cost

    from lifts

    group by segment

),

bounded as (

    select
        segment,
        campaigns,
        treated,
        controls,
        treated_conversion,
        control_conversion,
        conversion_lift,
        revenue_lift,
        contact_cost,
        conversion_lift - margin_below as conversion_lift_lower,
        conversion_lift + margin_above as conversion_lift_upper,
        {{ welch_half_width('revenue_variance', 'revenue_spread') }} as revenue_margin,
        revenue_lift * treated as incremental_revenue

    from pooled

),

judged as (

    select
        segment,
        campaigns,
        treated,
        controls,
        treated_conversion,
        control_conversion,
        conversion_lift,
        conversion_lift_lower,
        conversion_lift_upper,
        revenue_lift,
        revenue_margin,
        incremental_revenue,
        contact_cost,
        {{ lift_verdict(
            'treated', 'controls', 'conversion_lift_lower', 'conversion_lift_upper'
        ) }} as verdict

    from bounded

),

measured as (

    select
        judged.segment,
        cast(judged.campaigns as bigint) as campaigns,
        cast(judged.treated as bigint) as treated_customers,
        cast(judged.controls as bigint) as control_customers,
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
        {{ round_to_9_digits('judged.conversion_lift * judged.treated') }}
            as incremental_orders,
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

    left join verdicts
        on judged.verdict = verdicts.verdict

)

select * from measured

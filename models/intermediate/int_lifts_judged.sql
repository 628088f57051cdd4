-- How sure is each lift, of a campaign or of all those for a segment, and did it pay?

with

lifts as (

    select
        campaign_id,
        segment,
        1 as campaigns,
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
        revenue_spread,
        cast(cost_per_contact as double) * treated as contact_cost

    from {{ ref('int_campaign_lifts_estimated') }}

    union all

    select
        cast(null as string) as campaign_id,
        segment,
        campaigns,
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
        revenue_spread,
        contact_cost

    from {{ ref('int_segment_lifts_pooled') }}

),

bounded as (

    select
        campaign_id,
        segment,
        campaigns,
        first_contacted_on,
        treated,
        controls,
        treated_conversion,
        control_conversion,
        conversion_lift,
        revenue_lift,
        contact_cost,
        conversion_lift - conversion_margin_below as conversion_lift_lower,
        conversion_lift + conversion_margin_above as conversion_lift_upper,
        {{ welch_half_width('revenue_variance', 'revenue_spread') }} as revenue_margin

    from lifts

),

judged as (

    select
        campaign_id,
        segment,
        first_contacted_on,
        cast(campaigns as bigint) as campaigns,
        cast(treated as bigint) as treated_customers,
        cast(controls as bigint) as control_customers,
        {{ round_to_9_digits('treated_conversion') }} as treated_conversion,
        {{ round_to_9_digits('control_conversion') }} as control_conversion,
        {{ round_to_9_digits('conversion_lift') }} as conversion_lift,
        {{ round_to_9_digits('conversion_lift_lower') }} as conversion_lift_lower,
        {{ round_to_9_digits('conversion_lift_upper') }} as conversion_lift_upper,
        {{ cents_of('revenue_lift') }} as revenue_lift,
        {{ cents_of('revenue_lift - revenue_margin') }} as revenue_lift_lower,
        {{ cents_of('revenue_lift + revenue_margin') }} as revenue_lift_upper,
        {{ round_to_9_digits('conversion_lift * treated') }} as incremental_orders,
        {{ cents_of('revenue_lift * treated') }} as incremental_revenue,
        {{ cents_of('contact_cost') }} as contact_cost,
        {{ growth_of('revenue_lift * treated', 'contact_cost') }} as return_on_cost,
        {{ growth_of('(revenue_lift - revenue_margin) * treated', 'contact_cost') }}
            as return_on_cost_lower,
        {{ growth_of('(revenue_lift + revenue_margin) * treated', 'contact_cost') }}
            as return_on_cost_upper,
        {{ lift_verdict(
            'treated', 'controls', 'conversion_lift_lower', 'conversion_lift_upper'
        ) }} as verdict

    from bounded

)

select * from judged

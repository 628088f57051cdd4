-- How much more did the contacted do than the held out, campaign by campaign?

with

outcomes as (

    select
        campaign_id,
        segment,
        cost_per_contact,
        contacted_on,
        is_control,
        is_converted,
        net_revenue

    from {{ ref('int_campaign_outcomes_measured') }}

    where is_over

),

counted as (

    select
        campaign_id,
        segment,
        cost_per_contact,
        cast(sum(case when not is_control then net_revenue end) as double)
            as treated_sum,
        cast(sum(case when is_control then net_revenue end) as double) as control_sum,
        cast(sum(case when not is_control then net_revenue * net_revenue end) as double)
            as treated_squares,
        cast(sum(case when is_control then net_revenue * net_revenue end) as double)
            as control_squares,
        min(contacted_on) as first_contacted_on,
        count(case when not is_control then 1 end) as treated,
        count(case when is_control then 1 end) as controls,
        count(case when not is_control and is_converted then 1 end) as treated_hits,
        count(case when is_control and is_converted then 1 end) as control_hits

    from outcomes

    group by
        campaign_id,
        segment,
        cost_per_contact

),

averaged as (

    select
        campaign_id,
        segment,
        cost_per_contact,
        first_contacted_on,
        treated,
        controls,
        treated_hits,
        control_hits,
        cast(treated_hits as double) / nullif(treated, 0) as treated_conversion,
        cast(control_hits as double) / nullif(controls, 0) as control_conversion,
        {{ wilson_bound('treated_hits', 'treated', 'lower') }} as treated_lower,
        {{ wilson_bound('treated_hits', 'treated', 'upper') }} as treated_upper,
        {{ wilson_bound('control_hits', 'controls', 'lower') }} as control_lower,
        {{ wilson_bound('control_hits', 'controls', 'upper') }} as control_upper,
        treated_sum / nullif(treated, 0) - control_sum / nullif(controls, 0)
            as revenue_lift,
        (treated_squares - treated_sum * treated_sum / nullif(treated, 0))
        / nullif(treated - 1, 0) / treated as treated_variance,
        (control_squares - control_sum * control_sum / nullif(controls, 0))
        / nullif(controls - 1, 0) / controls as control_variance

    from counted

),

estimated as (

    -- the interval of a difference of shares, by Newcombe's method 10
    select
        campaign_id,
        segment,
        cost_per_contact,
        first_contacted_on,
        treated,
        controls,
        treated_hits,
        control_hits,
        treated_conversion,
        control_conversion,
        revenue_lift,
        treated_conversion - control_conversion as conversion_lift,
        sqrt(
            power(treated_conversion - treated_lower, 2)
            + power(control_upper - control_conversion, 2)
        ) as conversion_margin_below,
        sqrt(
            power(treated_upper - treated_conversion, 2)
            + power(control_conversion - control_lower, 2)
        ) as conversion_margin_above,
        treated_variance + control_variance as revenue_variance,
        treated_variance * treated_variance / nullif(treated - 1, 0)
        + control_variance * control_variance / nullif(controls - 1, 0)
            as revenue_spread

    from averaged

)

select * from estimated

-- How much more did the contacted of a segment do than the held out, in all campaigns?

with

lifts as (

    -- a campaign that held nobody out tells nothing
    select
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
        revenue_spread,
        cast(treated as double) / sum(treated) over (partition by segment)
            as treated_share

    from {{ ref('int_campaign_lifts_estimated') }}

    where treated > 1 and controls > 1 and segment is not null

),

pooled as (

    -- each campaign weighs as many as it treated; its interval's margins add up as
    -- squares (MOVER: Zou and Donner 2008)
    select
        segment,
        count(*) as campaigns,
        min(first_contacted_on) as first_contacted_on,
        sum(treated) as treated,
        sum(controls) as controls,
        sum(treated_share * treated_conversion) as treated_conversion,
        sum(treated_share * control_conversion) as control_conversion,
        sum(treated_share * conversion_lift) as conversion_lift,
        sqrt(sum(power(treated_share * conversion_margin_below, 2)))
            as conversion_margin_below,
        sqrt(sum(power(treated_share * conversion_margin_above, 2)))
            as conversion_margin_above,
        sum(treated_share * revenue_lift) as revenue_lift,
        sum(power(treated_share, 2) * revenue_variance) as revenue_variance,
        sum(power(treated_share, 4) * revenue_spread) as revenue_spread,
        case
            when count(cost_per_contact) = count(*)
                then sum(cast(cost_per_contact as double) * treated)
        end as contact_cost

    from lifts

    group by segment

)

select * from pooled

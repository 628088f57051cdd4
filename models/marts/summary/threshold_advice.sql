-- Where would this shop's own numbers put the thresholds, and where are they today?

with

suggestions as (

    select
        dimension,
        category,
        measure,
        basis,
        share,
        reason_en,
        reason_zh,
        warning_en,
        warning_zh

    from {{ ref('threshold_suggestions') }}

),

bands as (

    select
        dimension,
        category,
        measure,
        observed_on,
        coalesce(up_to, below) as bound_in_force

    from {{ ref('int_bands_in_force') }}

    where is_as_of

),

categories as (

    select
        dimension,
        category,
        label_en,
        label_zh

    from {{ ref('categories') }}

),

curves as (

    select
        'gap_percentile' as basis,
        gap_days as step,
        cast(gap_days as double) as bound,
        gaps_share_within as share_within,
        gaps_share_within_first_half as share_within_first_half

    from {{ ref('purchase_gap_curve') }}

    union all

    select
        'revenue_share' as basis,
        points.top_percent as step,
        {{ round_to_9_digits('1 - points.top_percent * 1e-2') }} as bound,
        points.net_revenue_365d_share as share_within,
        cast(null as double) as share_within_first_half

    from {{ ref('revenue_concentration') }} as points

    inner join {{ ref('int_observation_dates') }} as clock
        on points.observed_on = clock.observed_on

    where clock.is_as_of

    union all

    -- orders are whole: who has more than the count is from the next one on
    select
        'order_percentile' as basis,
        orders_365d as step,
        cast(orders_365d + 1 as double) as bound,
        customers_share_within as share_within,
        cast(null as double) as share_within_first_half

    from {{ ref('int_order_counts_shared') }}

),

reached as (

    -- the first step of its curve on which a suggestion has its share
    select
        suggestions.dimension,
        suggestions.category,
        min(
            case when curves.share_within >= suggestions.share then curves.step end
        ) as step,
        min(
            case
                when curves.share_within_first_half >= suggestions.share
                    then curves.bound
            end
        ) as suggested_bound_first_half

    from suggestions

    inner join curves
        on suggestions.basis = curves.basis

    group by
        suggestions.dimension,
        suggestions.category

),

advised as (

    select
        suggestions.dimension,
        suggestions.category,
        categories.label_en as category_label_en,
        categories.label_zh as category_label_zh,
        suggestions.measure,
        suggestions.basis,
        suggestions.share as basis_share,
        bands.bound_in_force,
        curves.bound as suggested_bound,
        reached.suggested_bound_first_half,
        suggestions.reason_en,
        suggestions.reason_zh,
        suggestions.warning_en,
        suggestions.warning_zh,
        bands.observed_on,
        {{ growth_of('curves.bound', 'reached.suggested_bound_first_half') }}
            as drift_share,
        abs(curves.bound - bands.bound_in_force)
        > {{ var('far_threshold_share') }} * bands.bound_in_force as is_far

    from suggestions

    left join bands
        on
            suggestions.dimension = bands.dimension
            and suggestions.category = bands.category
            and suggestions.measure = bands.measure

    left join reached
        on
            suggestions.dimension = reached.dimension
            and suggestions.category = reached.category

    left join curves
        on
            suggestions.basis = curves.basis
            and reached.step = curves.step

    left join categories
        on
            suggestions.dimension = categories.dimension
            and suggestions.category = categories.category

)

select * from advised

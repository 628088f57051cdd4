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

gaps as (

    select
        gap_days,
        gaps_share_within,
        gaps_share_within_first_half

    from {{ ref('purchase_gap_curve') }}

),

concentration as (

    select
        top_percent,
        net_revenue_365d_share,
        observed_on

    from {{ ref('revenue_concentration') }}

),

order_counts as (

    select
        orders_365d,
        count(*) as customers

    from {{ ref('int_customers_observed') }}

    where is_as_of and is_ranked

    group by orders_365d

),

order_shares as (

    select
        orders_365d,
        {{ share_of(
            'sum(customers) over (order by orders_365d)', 'sum(customers) over ()'
        ) }} as customers_share_within

    from order_counts

),

gap_cuts as (

    select
        suggestions.dimension,
        suggestions.category,
        min(
            case
                when gaps.gaps_share_within >= suggestions.share then gaps.gap_days
            end
        ) as suggested_bound,
        min(
            case
                when gaps.gaps_share_within_first_half >= suggestions.share
                    then gaps.gap_days
            end
        ) as suggested_bound_first_half

    from suggestions

    inner join gaps
        on suggestions.basis = 'gap_percentile'

    group by
        suggestions.dimension,
        suggestions.category

),

revenue_cuts as (

    select
        suggestions.dimension,
        suggestions.category,
        1 - min(concentration.top_percent) * 1e-2 as suggested_bound

    from suggestions

    inner join bands
        on
            suggestions.dimension = bands.dimension
            and suggestions.category = bands.category
            and suggestions.measure = bands.measure

    inner join concentration
        on
            suggestions.basis = 'revenue_share'
            and bands.observed_on = concentration.observed_on
            and suggestions.share <= concentration.net_revenue_365d_share

    group by
        suggestions.dimension,
        suggestions.category

),

order_cuts as (

    -- orders are whole: who has more than the count is from the next one on
    select
        suggestions.dimension,
        suggestions.category,
        min(order_shares.orders_365d) + 1 as suggested_bound

    from suggestions

    inner join order_shares
        on
            suggestions.basis = 'order_percentile'
            and suggestions.share <= order_shares.customers_share_within

    group by
        suggestions.dimension,
        suggestions.category

),

gathered as (

    select
        suggestions.dimension,
        suggestions.category,
        suggestions.measure,
        suggestions.basis,
        suggestions.share,
        suggestions.reason_en,
        suggestions.reason_zh,
        suggestions.warning_en,
        suggestions.warning_zh,
        bands.bound_in_force,
        bands.observed_on,
        cast(gap_cuts.suggested_bound_first_half as double)
            as suggested_bound_first_half,
        {{ round_to_9_digits(
            'coalesce(gap_cuts.suggested_bound, revenue_cuts.suggested_bound,'
            ~ ' order_cuts.suggested_bound)'
        ) }} as suggested_bound

    from suggestions

    left join bands
        on
            suggestions.dimension = bands.dimension
            and suggestions.category = bands.category
            and suggestions.measure = bands.measure

    left join gap_cuts
        on
            suggestions.dimension = gap_cuts.dimension
            and suggestions.category = gap_cuts.category

    left join revenue_cuts
        on
            suggestions.dimension = revenue_cuts.dimension
            and suggestions.category = revenue_cuts.category

    left join order_cuts
        on
            suggestions.dimension = order_cuts.dimension
            and suggestions.category = order_cuts.category

),

advised as (

    select
        gathered.dimension,
        gathered.category,
        categories.label_en as category_label_en,
        categories.label_zh as category_label_zh,
        gathered.measure,
        gathered.basis,
        gathered.share as basis_share,
        gathered.bound_in_force,
        gathered.suggested_bound,
        gathered.suggested_bound_first_half,
        gathered.reason_en,
        gathered.reason_zh,
        gathered.warning_en,
        gathered.warning_zh,
        gathered.observed_on,
        {{ growth_of(
            'gathered.suggested_bound', 'gathered.suggested_bound_first_half'
        ) }} as drift_share,
        abs(gathered.suggested_bound - gathered.bound_in_force)
        > {{ var('far_threshold_share') }} * gathered.bound_in_force as is_far

    from gathered

    left join categories
        on
            gathered.dimension = categories.dimension
            and gathered.category = categories.category

)

select * from advised

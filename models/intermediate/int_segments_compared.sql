-- How far is each segment from the one most like it, as of today?

with

measures as (

    -- logarithms: the tenth order says less than the second
    select
        customer_id,
        observed_on,
        {{ round_to_9_digits('ln(1 + greatest(net_revenue_365d, 0))') }} as spend,
        {{ round_to_9_digits('ln(1 + greatest(net_revenue, 0))') }} as lifetime_spend,
        {{ round_to_9_digits('ln(1 + orders_365d)') }} as frequency,
        {{ round_to_9_digits('ln(1 + coalesce(days_since_last_order, 0))') }} as recency

    from {{ ref('int_customer_measures_gathered') }}

),

segments as (

    select
        customer_id,
        segment

    from {{ ref('int_segments_composed') }}

    where {{ is_today('observed_on') }}

),

placed as (

    select
        segments.segment,
        measures.spend,
        measures.lifetime_spend,
        measures.frequency,
        measures.recency

    from measures

    inner join segments
        on measures.customer_id = segments.customer_id

),

spreads as (

    select
        {{ spread_of('spend') }} as spend_spread,
        {{ spread_of('lifetime_spend') }} as lifetime_spend_spread,
        {{ spread_of('frequency') }} as frequency_spread,
        {{ spread_of('recency') }} as recency_spread

    from placed

),

centres as (

    select
        segment,
        {{ mean_of('spend') }} as spend,
        {{ mean_of('lifetime_spend') }} as lifetime_spend,
        {{ mean_of('frequency') }} as frequency,
        {{ mean_of('recency') }} as recency

    from placed

    group by segment

),

compared as (

    -- in standard deviations of all customers
    select
        centres.segment,
        neighbours.segment as nearest_segment,
        {{ round_to_9_digits('sqrt('
            ~ 'coalesce(power((centres.spend - neighbours.spend)'
            ~ ' / nullif(spreads.spend_spread, 0), 2), 0)'
            ~ ' + coalesce(power((centres.lifetime_spend - neighbours.lifetime_spend)'
            ~ ' / nullif(spreads.lifetime_spend_spread, 0), 2), 0)'
            ~ ' + coalesce(power((centres.frequency - neighbours.frequency)'
            ~ ' / nullif(spreads.frequency_spread, 0), 2), 0)'
            ~ ' + coalesce(power((centres.recency - neighbours.recency)'
            ~ ' / nullif(spreads.recency_spread, 0), 2), 0))') }} as distance

    from centres

    inner join centres as neighbours
        on centres.segment <> neighbours.segment

    cross join spreads

),

ranked as (

    select
        segment,
        nearest_segment,
        distance,
        row_number() over (
            partition by segment
            order by distance asc, nearest_segment asc
        ) as distance_rank

    from compared

),

nearest as (

    select
        segment,
        nearest_segment,
        distance

    from ranked

    where distance_rank = 1

)

select * from nearest

-- The mean of the mid-ranks of any population is one half, whatever the ties: a
-- percentile taken over another date's customers, or over some that are not ranked,
-- gives itself away. Whoever has a percentile has a tier, and nobody else.

with

tiered as (

    select
        observed_on,
        revenue_percentile,
        lifetime_revenue_percentile,
        value_tier,
        lifetime_value_tier

    from {{ ref('int_value_tiered') }}

),

averaged as (

    select
        observed_on,
        avg(revenue_percentile) as mean_percentile,
        avg(lifetime_revenue_percentile) as mean_lifetime_percentile,
        count(
            case
                when (revenue_percentile is null) <> (value_tier in ('none', 'unknown'))
                    then 1
            end
        ) as customers_without_tier,
        count(
            case
                when
                    (lifetime_revenue_percentile is null)
                    <> (lifetime_value_tier in ('none', 'unknown'))
                    then 1
            end
        ) as customers_without_lifetime_tier

    from tiered

    group by observed_on

),

wrong as (

    select *

    from averaged

    where
        abs(mean_percentile - 0.5) > 1e-6
        or abs(mean_lifetime_percentile - 0.5) > 1e-6
        or customers_without_tier > 0
        or customers_without_lifetime_tier > 0

)

select * from wrong

-- Whose predicted value passes the bound of a higher tier than today's, on each date?

{{ kept_between_runs('int_premises_digested') }}

with

tiers as (

    select
        customer_id,
        observed_on,
        value_tier,
        value_basis,
        net_revenue_365d,
        net_revenue

    from {{ ref('int_value_tiered') }}

    where {{ is_open('observed_on') }}

),

activity as (

    select
        customer_id,
        observed_on,
        is_current

    from {{ ref('int_activity_classified') }}

    where {{ is_open('observed_on') }}

),

predictions as (

    select
        customer_id,
        observed_on,
        predicted_revenue_365d

    from {{ ref('int_customer_value_predicted') }}

    where {{ is_open('observed_on') }}

),

categories as (

    select
        category,
        category_rank

    from {{ ref('categories') }}

    where dimension = 'value_tier'

),

bounds as (

    -- what it took on that date to be in each tier
    select
        tiers.observed_on,
        categories.category_rank,
        min(tiers.value_basis) as lowest_value

    from tiers

    inner join categories
        on tiers.value_tier = categories.category

    where tiers.value_tier not in ('unknown', 'none')

    group by
        tiers.observed_on,
        categories.category_rank

),

next_bounds as (

    select
        categories.category as value_tier,
        bounds.observed_on,
        min(bounds.lowest_value) as next_tier_revenue

    from categories

    inner join bounds
        on categories.category_rank < bounds.category_rank

    group by
        categories.category,
        bounds.observed_on

),

projected as (

    select
        tiers.customer_id,
        tiers.observed_on,
        predictions.predicted_revenue_365d,
        next_bounds.next_tier_revenue,
        case
            when not activity.is_current or tiers.value_tier = 'unknown' then 'none'
            when
                {{ projected_value('tiers', 'predictions.predicted_revenue_365d') }}
                > next_bounds.next_tier_revenue
                then 'rising'
            else 'steady'
        end as value_potential

    from tiers

    inner join activity
        on
            tiers.customer_id = activity.customer_id
            and tiers.observed_on = activity.observed_on

    left join predictions
        on
            tiers.customer_id = predictions.customer_id
            and tiers.observed_on = predictions.observed_on

    left join next_bounds
        on
            tiers.value_tier = next_bounds.value_tier
            and tiers.observed_on = next_bounds.observed_on

)

select * from projected

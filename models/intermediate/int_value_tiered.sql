-- Where does each customer's spending stand among everyone's, on each date?
-- depends_on: {{ ref('int_customer_value_predicted') }}

{{ kept_between_runs('int_premises_digested') }}

with

observed as (

    select
        customer_id,
        observed_on,
        is_excluded,
        is_ranked,
        net_revenue_365d,
        net_revenue,
        gross_margin_365d,
        net_revenue > 0 and purchase_days > 0 and not is_excluded as is_ranked_for_life

    from {{ ref('int_customers_observed') }}

    where {{ is_open('observed_on') }}

),

predictions as (

    -- the dearest of all measures is worked out first only where it is asked for
    {% if var('value_basis') == 'predicted_revenue_365d' -%}
        select
            customer_id,
            observed_on,
            predicted_revenue_365d

        from {{ ref('int_customer_value_predicted') }}

        where {{ is_open('observed_on') }}
    {%- else -%}
        select
            cast(null as string) as customer_id,
            cast(null as date) as observed_on,
            cast(null as decimal(18, 2)) as predicted_revenue_365d

        where false
    {%- endif %}

),

bands as (

    select
        dimension,
        category,
        measure,
        above,
        at_least,
        below,
        up_to,
        observed_on

    from {{ ref('int_bands_in_force') }}

),

based as (

    select
        observed.customer_id,
        observed.observed_on,
        observed.is_ranked_for_life,
        observed.net_revenue_365d,
        observed.net_revenue,
        observed.is_excluded,
        observed.is_ranked as has_bought,
        {{ value_basis('observed', 'predictions') }} as value_basis

    from observed

    left join predictions
        on
            observed.customer_id = predictions.customer_id
            and observed.observed_on = predictions.observed_on

),

judged as (

    -- before the first fit nothing is predicted
    select
        customer_id,
        observed_on,
        is_excluded,
        is_ranked_for_life,
        value_basis,
        net_revenue_365d,
        net_revenue,
        has_bought and coalesce(value_basis > 0, false) as is_ranked,
        is_excluded or (has_bought and value_basis is null) as is_unknown

    from based

),

ranked as (

    select
        customer_id,
        observed_on,
        is_excluded,
        is_ranked,
        is_unknown,
        is_ranked_for_life,
        value_basis,
        net_revenue_365d,
        net_revenue,
        {{ mid_rank_percentile(
            'value_basis', partition_by='observed_on', among='is_ranked'
        ) }} as revenue_percentile,
        {{ mid_rank_percentile(
            'net_revenue', partition_by='observed_on', among='is_ranked_for_life'
        ) }} as lifetime_revenue_percentile,
        count(case when is_ranked then 1 end) over (partition by observed_on)
        < {{ var('min_population') }} as is_low_population

    from judged

),

tiered as (

    select
        ranked.customer_id,
        ranked.observed_on,
        ranked.net_revenue_365d,
        ranked.net_revenue,
        ranked.value_basis,
        ranked.revenue_percentile,
        ranked.lifetime_revenue_percentile,
        ranked.is_low_population,
        case
            when ranked.is_unknown then 'unknown'
            when not ranked.is_ranked then 'none'
            else tiers.category
        end as value_tier,
        case
            when ranked.is_excluded then 'unknown'
            when not ranked.is_ranked_for_life then 'none'
            else lifetime_tiers.category
        end as lifetime_value_tier

    from ranked

    left join bands as tiers
        on
            ranked.is_ranked
            and ranked.observed_on = tiers.observed_on
            and tiers.dimension = 'value_tier'
            and tiers.measure = {{ value_tier_measure() }}
            and {{ falls_in(
                value_tier_value('ranked.revenue_percentile', 'ranked.value_basis'), 'tiers'
            ) }}

    left join bands as lifetime_tiers
        on
            ranked.is_ranked_for_life
            and ranked.observed_on = lifetime_tiers.observed_on
            and lifetime_tiers.dimension = 'lifetime_value_tier'
            and lifetime_tiers.measure = {{ value_tier_measure() }}
            and {{ falls_in(
                value_tier_value('ranked.lifetime_revenue_percentile', 'ranked.net_revenue'),
                'lifetime_tiers'
            ) }}

)

select * from tiered

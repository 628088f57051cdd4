-- How recently, how often and for how much did each customer buy, scored 1 to 5?

{{ kept_between_runs('int_facts_digested') }}

with

observed as (

    select
        customer_id,
        observed_on,
        is_excluded,
        is_ranked,
        orders,
        orders_365d,
        net_revenue_365d,
        days_since_last_order

    from {{ ref('int_customers_observed') }}

    where {{ is_open('observed_on') }}

),

rfm_groups as (

    select
        recency_score,
        frequency_monetary_score,
        rfm_group

    from {{ ref('rfm_groups') }}

),

ranked as (

    select
        customer_id,
        observed_on,
        is_excluded,
        orders,
        orders_365d,
        net_revenue_365d,
        days_since_last_order,
        {{ mid_rank_percentile(
            '-days_since_last_order', partition_by='observed_on', among='is_ranked'
        ) }} as recency_percentile,
        {{ mid_rank_percentile(
            'orders_365d', partition_by='observed_on', among='is_ranked'
        ) }} as frequency_percentile,
        {{ mid_rank_percentile(
            'net_revenue_365d', partition_by='observed_on', among='is_ranked'
        ) }} as monetary_percentile

    from observed

),

scored as (

    -- bought once but nothing positive in the window: lowest in everything
    select
        customer_id,
        observed_on,
        is_excluded,
        orders,
        orders_365d,
        net_revenue_365d,
        days_since_last_order,
        recency_percentile,
        frequency_percentile,
        monetary_percentile,
        case
            when orders > 0 and not is_excluded
                then coalesce({{ quintile('recency_percentile') }}, 1)
        end as recency_score,
        case
            when orders > 0 and not is_excluded
                then coalesce({{ quintile('frequency_percentile') }}, 1)
        end as frequency_score,
        case
            when orders > 0 and not is_excluded
                then coalesce({{ quintile('monetary_percentile') }}, 1)
        end as monetary_score

    from ranked

),

grouped as (

    select
        scored.customer_id,
        scored.observed_on,
        scored.orders_365d,
        scored.net_revenue_365d,
        scored.days_since_last_order,
        scored.recency_percentile,
        scored.frequency_percentile,
        scored.monetary_percentile,
        scored.recency_score,
        scored.frequency_score,
        scored.monetary_score,
        case
            when scored.is_excluded then 'unknown'
            when scored.orders = 0 then 'prospects'
            else rfm_groups.rfm_group
        end as rfm_group

    from scored

    left join rfm_groups
        on
            scored.recency_score = rfm_groups.recency_score
            and (scored.frequency_score + scored.monetary_score) * 0.5
            = rfm_groups.frequency_monetary_score

)

select * from grouped

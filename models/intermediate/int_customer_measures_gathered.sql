-- What do other people's schemes measure of each customer, as of today?

with

observed as (

    select
        customer_id,
        observed_on,
        is_excluded,
        orders,
        orders_365d,
        net_revenue,
        net_revenue_365d,
        days_since_first_order,
        days_since_last_order

    from {{ ref('int_customers_observed') }}

    where is_as_of

),

rfm as (

    select
        customer_id,
        observed_on,
        recency_percentile,
        frequency_percentile,
        monetary_percentile,
        recency_score,
        frequency_score,
        monetary_score

    from {{ ref('int_rfm_grouped') }}

    where {{ is_today('observed_on') }}

),

predictions as (

    select
        customer_id,
        observed_on,
        predicted_revenue_365d,
        predicted_revenue_365d > 0 as is_predicted

    from {{ ref('int_customer_value_predicted') }}

    where {{ is_today('observed_on') }}

),

spend as (

    select
        customer_id,
        premium_spend_share

    from {{ ref('int_spend_split') }}

),

customer_types as (

    select
        customer_id,
        customer_type

    from {{ ref('int_customer_type_mapped') }}

),

usual as (

    -- what an order of the last 365 days is worth
    select
        cast(sum(net_revenue_365d) as double) / nullif(sum(orders_365d), 0)
            as mean_order_value

    from observed

    where orders_365d > 0

),

ranked as (

    select
        predictions.customer_id,
        {{ mid_rank_percentile(
            'predictions.predicted_revenue_365d',
            partition_by='predictions.observed_on',
            among='predictions.is_predicted'
        ) }} as predicted_revenue_percentile

    from predictions

    inner join observed
        on
            predictions.customer_id = observed.customer_id
            and predictions.observed_on = observed.observed_on

),

gathered as (

    -- bought once but not ranked today: below everyone who is
    select
        observed.customer_id,
        observed.days_since_first_order,
        observed.days_since_last_order,
        observed.orders,
        observed.orders_365d,
        observed.net_revenue,
        observed.net_revenue_365d,
        case
            when observed.orders > 0 and not observed.is_excluded
                then coalesce(rfm.recency_percentile, 0)
        end as recency_percentile,
        case
            when observed.orders > 0 and not observed.is_excluded
                then coalesce(rfm.frequency_percentile, 0)
        end as frequency_percentile,
        case
            when observed.orders > 0 and not observed.is_excluded
                then coalesce(rfm.monetary_percentile, 0)
        end as monetary_percentile,
        rfm.recency_score,
        cast(rfm.frequency_score + rfm.monetary_score as double) / 2
            as frequency_monetary_score,
        ranked.predicted_revenue_percentile,
        spend.premium_spend_share,
        customer_types.customer_type,
        observed.observed_on,
        {{ round_to_9_digits(
            'cast(observed.net_revenue_365d as double)'
            ~ ' / nullif(observed.orders_365d, 0) / nullif(usual.mean_order_value, 0)'
        ) }} as order_value_ratio

    from observed

    inner join rfm
        on
            observed.customer_id = rfm.customer_id
            and observed.observed_on = rfm.observed_on

    left join ranked
        on observed.customer_id = ranked.customer_id

    left join spend
        on observed.customer_id = spend.customer_id

    left join customer_types
        on observed.customer_id = customer_types.customer_id

    cross join usual

)

select * from gathered

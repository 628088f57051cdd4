-- What is said of each customer on each date, in every dimension side by side?

{{ kept_between_runs('int_premises_digested') }}

with

segments as (

    select
        customer_id,
        observed_on,
        lifecycle_stage,
        activity_status,
        value_tier,
        lifetime_value_tier,
        purchase_frequency,
        churn_risk,
        value_potential,
        segment

    from {{ ref('int_segments_composed') }}

    where {{ is_open('observed_on') }}

),

rfm as (

    select
        customer_id,
        observed_on,
        rfm_group

    from {{ ref('int_rfm_grouped') }}

    where {{ is_open('observed_on') }}

),

risks as (

    select
        customer_id,
        observed_on,
        churn_probability

    from {{ ref('int_churn_risk_scored') }}

    where {{ is_open('observed_on') }}

),

observed as (

    select
        customer_id,
        observed_on,
        net_revenue,
        net_revenue_365d,
        first_ordered_on,
        last_ordered_on

    from {{ ref('int_customers_observed') }}

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

channels as (

    select
        customer_id,
        observed_on,
        channel

    from {{ ref('int_channel_banded') }}

    where {{ is_open('observed_on') }}

),

prices as (

    select
        customer_id,
        observed_on,
        price_sensitivity

    from {{ ref('int_price_sensitivity_banded') }}

    where {{ is_open('observed_on') }}

),

booked as (

    select
        customer_id,
        observed_on,
        net_revenue_in_month

    from {{ ref('int_revenue_booked') }}

    where {{ is_open('observed_on') }}

),

gathered as (

    select
        segments.customer_id,
        segments.lifecycle_stage,
        segments.activity_status,
        segments.value_tier,
        segments.lifetime_value_tier,
        segments.purchase_frequency,
        rfm.rfm_group,
        segments.churn_risk,
        segments.value_potential,
        channels.channel,
        prices.price_sensitivity,
        segments.segment,
        risks.churn_probability,
        predictions.predicted_revenue_365d,
        observed.net_revenue,
        observed.net_revenue_365d,
        observed.first_ordered_on,
        observed.last_ordered_on,
        segments.observed_on,
        coalesce(booked.net_revenue_in_month, 0) as net_revenue_in_month

    from segments

    inner join rfm
        on
            segments.customer_id = rfm.customer_id
            and segments.observed_on = rfm.observed_on

    inner join risks
        on
            segments.customer_id = risks.customer_id
            and segments.observed_on = risks.observed_on

    inner join observed
        on
            segments.customer_id = observed.customer_id
            and segments.observed_on = observed.observed_on

    inner join channels
        on
            segments.customer_id = channels.customer_id
            and segments.observed_on = channels.observed_on

    inner join prices
        on
            segments.customer_id = prices.customer_id
            and segments.observed_on = prices.observed_on

    left join predictions
        on
            segments.customer_id = predictions.customer_id
            and segments.observed_on = predictions.observed_on

    left join booked
        on
            segments.customer_id = booked.customer_id
            and segments.observed_on = booked.observed_on

)

select * from gathered

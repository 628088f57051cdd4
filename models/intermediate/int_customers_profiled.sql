-- What is known of each customer today, in numbers, whatever it may be used for?

with

observed as (

    select
        customer_id,
        orders,
        orders_90d,
        orders_180d,
        orders_365d,
        purchase_days,
        days_since_first_order,
        days_since_last_order,
        net_revenue,
        net_revenue_365d,
        observed_on

    from {{ ref('int_customers_observed') }}

    where is_as_of

),

customers as (

    select
        customer_id,
        annual_income,
        acquisition_cost

    from {{ ref('int_customers') }}

),

channels as (

    select
        customer_id,
        online_order_share

    from {{ ref('int_channel_banded') }}

    where {{ is_today('observed_on') }}

),

prices as (

    select
        customer_id,
        discounted_order_share

    from {{ ref('int_price_sensitivity_banded') }}

    where {{ is_today('observed_on') }}

),

risks as (

    select
        customer_id,
        churn_probability

    from {{ ref('int_churn_risk_scored') }}

    where {{ is_today('observed_on') }}

),

predictions as (

    select
        customer_id,
        expected_orders_90d,
        predicted_revenue_365d,
        clv_12m

    from {{ ref('int_customer_value_predicted') }}

    where {{ is_today('observed_on') }}

),

profiled as (

    select
        observed.customer_id,
        observed.orders,
        observed.orders_90d,
        observed.orders_180d,
        observed.orders_365d,
        observed.purchase_days,
        observed.days_since_first_order,
        observed.days_since_last_order,
        observed.net_revenue,
        observed.net_revenue_365d,
        ages.age,
        customers.annual_income,
        customers.acquisition_cost,
        channels.online_order_share,
        prices.discounted_order_share,
        spend.top_brand,
        spend.top_brand_share,
        spend.premium_spend_share,
        spend.eco_spend_share,
        services.tickets_365d,
        services.tickets_per_order,
        services.returned_orders_365d,
        services.returned_order_share,
        engagements.events_90d,
        engagements.event_days_90d,
        engagements.last_event_on,
        satisfactions.scores_365d,
        satisfactions.satisfaction_scale,
        satisfactions.satisfaction_score,
        satisfactions.satisfaction_given_on,
        risks.churn_probability,
        predictions.expected_orders_90d,
        predictions.predicted_revenue_365d,
        predictions.clv_12m,
        observed.observed_on

    from observed

    inner join customers
        on observed.customer_id = customers.customer_id

    inner join {{ ref('int_age_banded') }} as ages
        on observed.customer_id = ages.customer_id

    inner join channels
        on observed.customer_id = channels.customer_id

    inner join prices
        on observed.customer_id = prices.customer_id

    left join {{ ref('int_spend_split') }} as spend
        on observed.customer_id = spend.customer_id

    inner join {{ ref('int_service_counted') }} as services
        on observed.customer_id = services.customer_id

    inner join {{ ref('int_engagement_banded') }} as engagements
        on observed.customer_id = engagements.customer_id

    inner join {{ ref('int_satisfaction_scored') }} as satisfactions
        on observed.customer_id = satisfactions.customer_id

    inner join risks
        on observed.customer_id = risks.customer_id

    left join predictions
        on observed.customer_id = predictions.customer_id

)

select * from profiled

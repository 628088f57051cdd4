-- How many orders, and how much money, is each customer expected to bring?

{{ kept_between_runs('int_premises_digested') }}

with

risks as (

    select
        customer_id,
        observed_on,
        purchase_days,
        days_since_first_order,
        p_alive

    from {{ ref('int_churn_risk_scored') }}

    where p_alive is not null and {{ is_open('observed_on') }}

),

observed as (

    select
        customer_id,
        observed_on,
        net_revenue

    from {{ ref('int_customers_observed') }}

    where {{ is_open('observed_on') }}

),

fits as (

    select
        observed_on,
        value_method,
        p,
        q,
        v,
        mean_purchase_value,
        credibility_k

    from {{ ref('int_churn_parameters_in_force') }}

),

profiles as (

    select
        observed_on,
        purchase_days,
        days_since_first_order,
        orders_if_alive_90d,
        orders_if_alive_180d,
        orders_if_alive_365d,
        discounted_orders_if_alive_12m

    from {{ ref('int_churn_profiles_scored') }}

    where {{ is_open('observed_on') }}

),

expected as (

    select
        risks.customer_id,
        risks.observed_on,
        risks.p_alive * profiles.orders_if_alive_90d as expected_orders_90d,
        risks.p_alive * profiles.orders_if_alive_180d as expected_orders_180d,
        risks.p_alive * profiles.orders_if_alive_365d as expected_orders_365d,
        risks.p_alive * profiles.discounted_orders_if_alive_12m
            as discounted_orders_12m,
        {{ churn_order_value('fits', 'risks.purchase_days', 'observed.net_revenue') }}
            as expected_order_value

    from risks

    inner join observed
        on
            risks.customer_id = observed.customer_id
            and risks.observed_on = observed.observed_on

    inner join fits
        on risks.observed_on = fits.observed_on

    inner join profiles
        on
            risks.observed_on = profiles.observed_on
            and risks.purchase_days = profiles.purchase_days
            and risks.days_since_first_order = profiles.days_since_first_order

),

predicted as (

    -- rounded before anything is held against a bound; cents are all that money has
    select
        customer_id,
        observed_on,
        {{ round_to_9_digits('expected_orders_90d') }} as expected_orders_90d,
        {{ round_to_9_digits('expected_orders_180d') }} as expected_orders_180d,
        {{ round_to_9_digits('expected_orders_365d') }} as expected_orders_365d,
        {{ cents_of('expected_order_value') }} as expected_order_value,
        {{ cents_of('expected_orders_365d * expected_order_value') }}
            as predicted_revenue_365d,
        {{ cents_of('discounted_orders_12m * expected_order_value') }} as clv_12m

    from expected

)

select * from predicted

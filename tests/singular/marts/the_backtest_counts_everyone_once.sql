-- Whoever is left out of a backtest flatters it: each predictor is judged on every
-- customer who had a score at the origin, and its deciles add up to them.

with

scored as (

    select
        customer_id,
        observed_on

    from {{ ref('int_churn_risk_scored') }}

    where churn_probability is not null

),

observed as (

    select
        customer_id,
        observed_on

    from {{ ref('int_customers_observed') }}

    where not is_excluded

),

population as (

    select
        scored.observed_on,
        count(*) as customers

    from scored

    inner join observed
        on
            scored.customer_id = observed.customer_id
            and scored.observed_on = observed.observed_on

    group by scored.observed_on

),

deciles as (

    select
        origin_on,
        horizon_days,
        predictor,
        sum(customers) as customers

    from {{ ref('churn_calibration') }}

    group by
        origin_on,
        horizon_days,
        predictor

),

backtest as (

    select
        origin_on,
        horizon_days,
        predictor,
        customers

    from {{ ref('churn_backtest') }}

),

compared as (

    select
        backtest.origin_on,
        backtest.horizon_days,
        backtest.predictor,
        backtest.customers,
        population.customers as customers_scored,
        deciles.customers as customers_in_deciles

    from backtest

    left join population
        on backtest.origin_on = population.observed_on

    left join deciles
        on
            backtest.origin_on = deciles.origin_on
            and backtest.horizon_days = deciles.horizon_days
            and backtest.predictor = deciles.predictor

    where
        coalesce(backtest.customers <> population.customers, true)
        or coalesce(backtest.customers <> deciles.customers, true)

)

select * from compared

-- A probability that says less than the shop's own average must not be served: on the
-- newest origin whose outcome is known, the model's Brier score is better than the base
-- rate's. Of fewer than 1,000 customers chance decides: there nothing fails, and the
-- column is_worse_than_base_rate of churn_backtest tells.

with

backtest as (

    select
        origin_on,
        horizon_days,
        customers,
        brier_score,
        is_worse_than_base_rate,
        max(origin_on) over () as newest_origin_on

    from {{ ref('churn_backtest') }}

    where predictor = 'model'

),

beaten as (

    select
        origin_on,
        horizon_days,
        customers,
        brier_score

    from backtest

    where
        origin_on = newest_origin_on
        and customers >= 1000
        and is_worse_than_base_rate

)

select * from beaten

-- Of those given about the same churn probability, how many did not order?

with

compared as (

    select
        predictions.origin_on,
        predictions.horizon_days,
        predictions.predictor,
        predictions.probability,
        predictions.decile,
        predictions.customers,
        predictions.churned_customers

    from {{ ref('int_churn_predictions_compared') }} as predictions

    inner join {{ ref('int_churn_origins_chosen') }} as origins
        on
            predictions.origin_on = origins.origin_on
            and predictions.horizon_days = origins.horizon_days

    where origins.is_recent

),

totals as (

    select
        origin_on,
        horizon_days,
        predictor,
        decile,
        cast(sum(customers) as bigint) as customers,
        cast(sum(churned_customers) as bigint) as churned_customers,
        cast(sum(customers * cast(probability as decimal(12, 9))) as double)
            as churned_customers_predicted

    from compared

    group by
        origin_on,
        horizon_days,
        predictor,
        decile

),

calibrated as (

    select
        origin_on,
        horizon_days,
        predictor,
        decile,
        customers,
        {{ round_to_9_digits('churned_customers_predicted / customers') }}
            as predicted_share,
        {{ round_to_9_digits('churned_customers / cast(customers as double)') }}
            as actual_share

    from totals

)

select * from calibrated

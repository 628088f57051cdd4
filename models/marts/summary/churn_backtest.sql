-- How good was the churn model, held against what happened and against plain rivals?

with

origins as (

    select
        origin_on,
        horizon_days,
        known_on,
        learned_on

    from {{ ref('int_churn_origins_chosen') }}

    where is_recent

),

compared as (

    select
        origin_on,
        horizon_days,
        predictor,
        probability,
        decile,
        customers,
        churned_customers,
        orders_placed,
        orders_expected,
        customers_below,
        all_customers

    from {{ ref('int_churn_predictions_compared') }}

),

scored as (

    -- what each group adds to a measure; a certainty that was wrong costs 20.7 in log
    -- loss, not infinity
    select
        origin_on,
        horizon_days,
        predictor,
        customers,
        churned_customers,
        orders_placed,
        orders_expected,
        cast(churned_customers as decimal(38, 0))
        * (2 * customers_below + customers + 1) as twice_rank_sum,
        churned_customers
        * cast(
            {{ round_to_9_digits('(1 - probability) * (1 - probability)') }}
            as decimal(12, 9)
        )
        + (customers - churned_customers)
        * cast(
            {{ round_to_9_digits('probability * probability') }}
            as decimal(12, 9)
        ) as squared_error,
        churned_customers
        * cast(
            {{ round_to_9_digits('-ln(greatest(probability, 1e-9))') }}
            as decimal(12, 9)
        )
        + (customers - churned_customers)
        * cast(
            {{ round_to_9_digits('-ln(greatest(1 - probability, 1e-9))') }}
            as decimal(12, 9)
        ) as surprise,
        -- the tenth with the highest probability; of equals at its edge, what fits
        cast(
            {{ round_to_9_digits(
                'least(greatest('
                ~ 'all_customers / cast(10 as double)'
                ~ ' - (all_customers - customers_below - customers), 0), customers)'
                ~ ' * churned_customers / cast(customers as double)'
            ) }} as decimal(18, 9)
        ) as churned_in_top_tenth

    from compared

),

totals as (

    select
        origin_on,
        horizon_days,
        predictor,
        cast(sum(customers) as bigint) as customers,
        cast(sum(churned_customers) as bigint) as churned_customers,
        cast(sum(orders_placed) as bigint) as actual_orders,
        cast(sum(cast(orders_expected as decimal(28, 12))) as double)
            as predicted_orders,
        cast(sum(twice_rank_sum) as double) as twice_rank_sum,
        cast(sum(squared_error) as double) as squared_error,
        cast(sum(surprise) as double) as surprise,
        cast(sum(churned_in_top_tenth) as double) as churned_in_top_tenth

    from scored

    group by
        origin_on,
        horizon_days,
        predictor

),

deciles as (

    select
        origin_on,
        horizon_days,
        predictor,
        decile,
        abs(
            cast(
                sum(
                    customers * cast(probability as decimal(12, 9))
                    - churned_customers
                ) as double
            )
        ) as customers_off

    from compared

    group by
        origin_on,
        horizon_days,
        predictor,
        decile

),

calibrations as (

    select
        origin_on,
        horizon_days,
        predictor,
        cast(sum(cast(customers_off as decimal(18, 9))) as double) as customers_off

    from deciles

    group by
        origin_on,
        horizon_days,
        predictor

),

measured as (

    select
        totals.origin_on,
        totals.horizon_days,
        totals.predictor,
        totals.customers,
        {{ round_to_9_digits(
            'totals.churned_customers / cast(totals.customers as double)'
        ) }} as base_rate,
        {{ round_to_9_digits(
            '(totals.twice_rank_sum / 2'
            ~ ' - totals.churned_customers'
            ~ ' * (totals.churned_customers + 1) / cast(2 as double))'
            ~ ' / nullif(cast(totals.churned_customers as double)'
            ~ ' * (totals.customers - totals.churned_customers), 0)'
        ) }} as auc,
        {{ round_to_9_digits('totals.squared_error / totals.customers') }}
            as brier_score,
        {{ round_to_9_digits('totals.surprise / totals.customers') }} as log_loss,
        {{ round_to_9_digits('calibrations.customers_off / totals.customers') }}
            as calibration_error,
        {{ round_to_9_digits(
            'totals.churned_in_top_tenth * 10'
            ~ ' / nullif(cast(totals.churned_customers as double), 0)'
        ) }} as top_decile_lift,
        totals.predicted_orders,
        totals.actual_orders

    from totals

    inner join calibrations
        on
            totals.origin_on = calibrations.origin_on
            and totals.horizon_days = calibrations.horizon_days
            and totals.predictor = calibrations.predictor

),

judged as (

    select
        measured.origin_on,
        measured.horizon_days,
        measured.predictor,
        origins.known_on,
        case when measured.predictor <> 'model' then origins.learned_on end
            as learned_on,
        measured.customers,
        measured.base_rate,
        measured.auc,
        measured.brier_score,
        measured.log_loss,
        measured.calibration_error,
        measured.top_decile_lift,
        measured.predicted_orders,
        measured.actual_orders,
        case
            when measured.predictor = 'model'
                then measured.brier_score >= base_rates.brier_score
        end as is_worse_than_base_rate,
        case
            when measured.predictor = 'model'
                then measured.brier_score > recencies.brier_score
        end as is_worse_than_recency,
        measured.calibration_error > {{ var('max_calibration_error') }}
            as is_miscalibrated

    from measured

    inner join origins
        on
            measured.origin_on = origins.origin_on
            and measured.horizon_days = origins.horizon_days

    left join measured as base_rates
        on
            measured.origin_on = base_rates.origin_on
            and measured.horizon_days = base_rates.horizon_days
            and base_rates.predictor = 'base_rate'

    left join measured as recencies
        on
            measured.origin_on = recencies.origin_on
            and measured.horizon_days = recencies.horizon_days
            and recencies.predictor = 'recency'

)

select * from judged

-- How well were past quarter-ends predicted, by the model and by its rivals?
select
    origin_on,
    predictor,
    auc,
    brier_score,
    calibration_error
from marts.churn_backtest
where horizon_days = 90
order by origin_on, predictor;

-- Did the probabilities predicted at the newest known quarter-end come true?
select
    origin_on,
    decile,
    customers,
    predicted_share,
    actual_share
from marts.churn_calibration
where
    predictor = 'model'
    and horizon_days = 90
    and origin_on = (
        select max(origin_on)
        from marts.churn_calibration
        where predictor = 'model' and horizon_days = 90
    )
order by decile;

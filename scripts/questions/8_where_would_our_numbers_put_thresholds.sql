-- Where would our own numbers put the thresholds?
select
    dimension,
    category,
    bound_in_force,
    suggested_bound,
    round(drift_share, 3) as drift_share,
    reason_en
from marts.threshold_advice
order by dimension, bound_in_force;

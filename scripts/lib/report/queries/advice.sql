-- Where would the shop's own numbers put the thresholds?
select
    dimension,
    category,
    bound_in_force,
    suggested_bound,
    is_far,
    reason_en,
    reason_zh,
    warning_en,
    warning_zh
from marts.threshold_advice
order by dimension, bound_in_force;

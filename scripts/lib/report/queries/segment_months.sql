-- How big was each segment, and what did it bring, look by look?
select
    observed_on,
    segment,
    customers,
    net_revenue_in_month,
    net_revenue_365d,
    mean_churn_probability,
    predicted_revenue_365d
from marts.segment_summary
where observed_on in $looks
order by observed_on, category_rank, segment;

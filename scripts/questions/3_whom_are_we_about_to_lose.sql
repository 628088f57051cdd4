-- Whom are we about to lose who is worth keeping?
select
    customer_id,
    segment,
    value_tier,
    round(churn_probability, 3) as churn_probability,
    net_revenue_365d,
    last_ordered_on
from marts.customer_segments
where segment = 'high_value_at_risk'
order by net_revenue_365d desc, customer_id
limit 5;

-- Which tier and stage does the revenue come from?
select
    value_tier,
    lifecycle_stage,
    count(*) as customers,
    sum(net_revenue_365d) as net_revenue_365d
from marts.customer_segments
group by value_tier, lifecycle_stage
having sum(net_revenue_365d) > 0 and count(*) >= $least_group
order by net_revenue_365d desc, value_tier, lifecycle_stage;

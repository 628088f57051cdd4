-- Who are the customers of each segment, by the other dimensions?
with long as (
    unpivot (
        select
            segment,
            lifecycle_stage,
            activity_status,
            value_tier,
            purchase_frequency,
            churn_risk
        from marts.customer_segments
    )
    on lifecycle_stage, activity_status, value_tier, purchase_frequency, churn_risk
    into name dimension value category
)

select
    segment,
    dimension,
    category,
    count(*) as customers
from long
group by segment, dimension, category
having count(*) >= $least_group
order by segment, dimension, category;

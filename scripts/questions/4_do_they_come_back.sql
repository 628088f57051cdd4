-- Do they come back, and are they still there?
select
    lifecycle_stage,
    count(*) as customers,
    count(*) filter (where activity_status in ('new', 'reactivated', 'active')) as current_customers,
    count(*) filter (where activity_status = 'at_risk') as slipping,
    count(*) filter (where activity_status = 'dormant') as dormant,
    count(*) filter (where activity_status = 'churned') as churned
from marts.customer_segments
group by lifecycle_stage
order by customers desc;

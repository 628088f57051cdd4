-- Who are our best customers?
select
    customer_id,
    segment,
    rfm_group,
    orders_365d,
    net_revenue_365d,
    last_ordered_on
from marts.customer_segments
where value_tier = 'vip'
order by net_revenue_365d desc, customer_id
limit 5;

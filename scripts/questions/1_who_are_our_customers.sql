-- Who are our customers, and where does the revenue come from?
select
    segment,
    segment_label_zh,
    count(*) as customers,
    round(100.0 * count(*) / sum(count(*)) over (), 1) as percent_of_customers,
    sum(net_revenue_365d) as revenue_365d,
    round(100.0 * sum(net_revenue_365d) / sum(sum(net_revenue_365d)) over (), 1)
        as percent_of_revenue
from marts.customer_segments
group by segment, segment_label_zh
order by revenue_365d desc, customers desc;

-- What would other people's schemes call our best customer?
select
    preset,
    preset_label_zh,
    category,
    category_label_zh
from marts.preset_comparison
where customer_id = (
    select customer_id from marts.customer_segments
    order by net_revenue_365d desc, customer_id limit 1
)
order by preset;

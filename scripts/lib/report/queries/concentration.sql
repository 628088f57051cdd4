-- How much of the revenue do the best customers bring, now and a year ago?
select
    observed_on,
    top_percent,
    net_revenue_365d_share
from marts.revenue_concentration
where observed_on in ($newest, $year_ago)
order by observed_on, top_percent;

-- How many of those who first bought in a month bought again, month by month?
select
    cohort_month,
    months_since_first_order,
    customers,
    customers_buying,
    customers_buying_share
from marts.cohort_retention
where
    cohort_month >= $since
    and observed_on = last_day(observed_on)
order by cohort_month, months_since_first_order;

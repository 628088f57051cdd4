-- How many customers were in each category, look by look?
select
    observed_on,
    dimension,
    category,
    customers
from marts.category_summary
where observed_on in $looks
order by dimension, category_rank, category, observed_on;

-- placeholder
select
    customer_id,
    observed_on,
    cast(null as double) as churn_probability,
    'unknown' as churn_risk
from {{ ref('int_customers_observed') }}

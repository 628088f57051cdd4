-- placeholder
select customer_id, observed_on, 'unknown' as churn_risk from {{ ref('int_customers_observed') }}

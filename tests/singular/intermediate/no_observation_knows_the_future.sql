-- A past date rebuilt has to give what was known on it: nothing an observation says may
-- be dated after it. (running_totals_equal_a_recount_of_the_orders holds the counts to
-- that.)

with

observed as (

    select
        customer_id,
        observed_on,
        orders,
        purchase_days,
        first_ordered_on,
        last_ordered_on,
        returned_on

    from {{ ref('int_customers_observed') }}

),

wrong as (

    select *

    from observed

    where
        first_ordered_on > last_ordered_on
        or last_ordered_on > observed_on
        or returned_on > last_ordered_on
        or returned_on <= first_ordered_on
        or purchase_days > orders
        or (orders > 0) <> (first_ordered_on is not null)
        or (orders > 0) <> (last_ordered_on is not null)
        or (orders > 0) <> (purchase_days > 0)

)

select * from wrong

-- A stay ends on the day the next begins, lasts a day at least, and the last one goes
-- on: who is a customer is always in exactly one category. Two stays in a row are in
-- different categories (else it would be one) and name each other.

with

history as (

    select
        customer_id,
        dimension,
        category,
        previous_category,
        next_category,
        valid_from,
        valid_to,
        lead(valid_from) over by_customer as next_valid_from,
        lag(category) over by_customer as category_before,
        lead(category) over by_customer as category_after

    from {{ ref('customer_segment_history') }}

    window
        by_customer as (
            partition by customer_id, dimension
            order by valid_from
        )

)

select * from history

where
    valid_to <= valid_from
    or valid_to is distinct from next_valid_from
    or category = category_before
    or category_before is distinct from previous_category
    or category_after is distinct from next_category

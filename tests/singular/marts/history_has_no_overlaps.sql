-- A stay lasts a day at least, and is over when the next begins. Two stays in a row are
-- in different categories: else it would be one.

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
        lag(valid_to, 1, valid_from) over by_customer as previous_valid_to,
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
    or coalesce(previous_valid_to > valid_from, true)
    or category = category_before
    or category_before is distinct from previous_category
    or category_after is distinct from next_category

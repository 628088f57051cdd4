-- A stay ends on the day the next begins, and the last one lasts: who is a customer is
-- always in exactly one category.

with

history as (

    select
        customer_id,
        dimension,
        valid_from,
        valid_to,
        lead(valid_from) over (
            partition by customer_id, dimension order by valid_from
        ) as next_valid_from

    from {{ ref('customer_segment_history') }}

)

select * from history

where valid_to is distinct from next_valid_from

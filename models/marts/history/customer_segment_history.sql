-- Which segment was each customer in, from when to when, and which before?

with

changes as (

    select
        customer_id,
        dimension,
        category,
        previous_category,
        changed_on,
        is_day_exact

    from {{ ref('int_changes_gathered') }}

),

followed as (

    -- a stay lasts until the next change
    select
        customer_id,
        dimension,
        category,
        previous_category,
        changed_on,
        is_day_exact,
        lead(category) over by_dimension as next_category,
        lead(changed_on) over by_dimension as next_changed_on

    from changes

    window
        by_dimension as (
            partition by customer_id, dimension
            order by changed_on
        )

),

stays as (

    select
        customer_id,
        dimension,
        category,
        previous_category,
        next_category,
        changed_on as valid_from,
        next_changed_on as valid_to,
        is_day_exact

    from followed

)

select * from stays

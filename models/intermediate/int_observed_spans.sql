-- From which look to which was each customer in the same category, in every dimension?

with

changes as (

    select
        customer_id,
        dimension,
        category,
        previous_category,
        observed_on

    from {{ ref('int_category_changes_found') }}

),

spans as (

    select
        customer_id,
        dimension,
        category,
        previous_category,
        observed_on as valid_from,
        lead(category) over by_dimension as next_category,
        lead(observed_on) over by_dimension as valid_to

    from changes

    window
        by_dimension as (
            partition by customer_id, dimension
            order by observed_on
        )

)

select * from spans

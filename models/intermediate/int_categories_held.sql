-- Which category is each customer in today, where the past is known, and since when?

with

changes as (

    select
        customer_id,
        dimension,
        category,
        changed_on

    from {{ ref('int_changes_gathered') }}

),

held as (

    select
        customer_id,
        dimension,
        max_by(category, changed_on) as category,
        max(changed_on) as since

    from changes

    group by
        customer_id,
        dimension

)

select * from held

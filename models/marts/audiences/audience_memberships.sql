-- Who is on each list today, and since when?

with

assignments as (

    select
        customer_id,
        segment,
        action,
        due_since,
        observed_on

    from {{ ref('playbook_assignments') }}

    where assigned_group = 'treatment'

),

people as (

    select customer_id
    from {{ ref('people') }}

),

enlisted as (

    -- who is held out is on no list, or there would be nobody to compare with
    select
        assignments.action as audience_id,
        assignments.customer_id,
        assignments.segment,
        assignments.due_since as entered_on,
        assignments.observed_on

    from assignments

    inner join people
        on assignments.customer_id = people.customer_id

)

select * from enlisted

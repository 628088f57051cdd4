-- Who is on each list today, and since when?

with

assignments as (

    select
        customer_id,
        segment,
        action,
        observed_on

    from {{ ref('playbook_assignments') }}

    where assigned_group = 'treatment'

),

people as (

    select customer_id
    from {{ ref('people') }}

),

history as (

    select
        customer_id,
        category,
        valid_from

    from {{ ref('customer_segment_history') }}

    where dimension = 'segment' and valid_to is null

),

enlisted as (

    -- who is held out is on no list, or there would be nobody to compare with
    select
        assignments.action as audience_id,
        assignments.customer_id,
        assignments.segment,
        history.valid_from as entered_on,
        assignments.observed_on

    from assignments

    inner join people
        on assignments.customer_id = people.customer_id

    left join history
        on
            assignments.customer_id = history.customer_id
            and assignments.segment = history.category

)

select * from enlisted

-- Each customer has the actions of their segment, each once and in one group: who is
-- held out of an action is never also its target.

with

customers as (

    select
        customer_id,
        segment

    from {{ ref('customer_segments') }}

),

assigned as (

    select
        customer_id,
        action,
        segment,
        count(distinct assigned_group) as groups_found

    from {{ ref('playbook_assignments') }}

    group by
        customer_id,
        action,
        segment

),

wrong as (

    select
        customers.customer_id,
        assigned.action,
        assigned.groups_found

    from customers

    full outer join assigned
        on
            customers.customer_id = assigned.customer_id
            and customers.segment = assigned.segment

    where
        customers.customer_id is null
        or assigned.customer_id is null
        or assigned.groups_found <> 1

)

select * from wrong

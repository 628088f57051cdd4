-- Contacting somebody without consent breaks the law; contacting the held out breaks
-- the comparison. Checked against the accounts themselves: a yes must be there, and one
-- no among several accounts of a person is a no.

with

memberships as (

    select
        audience_id,
        customer_id

    from {{ ref('audience_memberships') }}

),

assignments as (

    select
        customer_id,
        action,
        assigned_group

    from {{ ref('playbook_assignments') }}

),

accounts as (

    select
        known_ids.customer_id,
        count(case when shop_accounts.has_marketing_consent then 1 end) as times_agreed,
        count(case when not shop_accounts.has_marketing_consent then 1 end)
            as times_refused

    from {{ ref('int_customers_identified') }} as known_ids

    inner join {{ ref('stg_customers') }} as shop_accounts
        on known_ids.raw_customer_id = shop_accounts.raw_customer_id

    group by known_ids.customer_id

),

wrong as (

    select
        memberships.audience_id,
        memberships.customer_id,
        assignments.assigned_group,
        accounts.times_agreed,
        accounts.times_refused

    from memberships

    left join assignments
        on
            memberships.customer_id = assignments.customer_id
            and memberships.audience_id = assignments.action

    left join accounts
        on memberships.customer_id = accounts.customer_id

    where
        coalesce(assignments.assigned_group <> 'treatment', true)
        or coalesce(accounts.times_agreed = 0 or accounts.times_refused > 0, true)

)

select * from wrong

-- Who is held out is drawn by a hash, so that the share differs from holdout_share by
-- chance only: six standard deviations and one customer leave room for every honest
-- draw and none for a hash that favours somebody.

with

assigned as (

    select
        action,
        count(*) as customers,
        count(case when assigned_group = 'control' then 1 end) as controls

    from {{ ref('playbook_assignments') }}

    group by action

),

wrong as (

    select
        action,
        customers,
        controls

    from assigned

    where
        abs(controls - customers * {{ var('holdout_share') }})
        > 1 + 6 * sqrt(
            customers * {{ var('holdout_share') }} * (1 - {{ var('holdout_share') }})
        )

)

select * from wrong

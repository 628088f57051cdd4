-- When did each customer first come as far as each lifecycle stage?

with

changes as (

    select
        customer_id,
        category,
        changed_on

    from {{ ref('int_order_count_changes_found') }}

    where dimension = 'lifecycle_stage'

),

stages as (

    select
        category,
        category_rank

    from {{ ref('categories') }}

    where dimension = 'lifecycle_stage'

),

reached as (

    -- who is loyal has come as far as repeat
    select
        changes.customer_id,
        stages.category as lifecycle_stage,
        stages.category_rank as stage_rank,
        min(changes.changed_on) as reached_on

    from changes

    inner join stages as stayed
        on changes.category = stayed.category

    inner join stages
        on stayed.category_rank >= stages.category_rank

    group by
        changes.customer_id,
        stages.category,
        stages.category_rank

)

select * from reached

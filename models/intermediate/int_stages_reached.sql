-- When did each customer first come as far as each lifecycle stage?

with

spans as (

    select
        customer_id,
        category,
        valid_from

    from {{ ref('int_order_count_spans') }}

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
        spans.customer_id,
        stages.category as lifecycle_stage,
        stages.category_rank as stage_rank,
        min(spans.valid_from) as reached_on

    from spans

    inner join stages as stayed
        on spans.category = stayed.category

    inner join stages
        on stayed.category_rank >= stages.category_rank

    group by
        spans.customer_id,
        stages.category,
        stages.category_rank

)

select * from reached

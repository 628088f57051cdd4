-- Who reached a stage has passed the one before: a funnel only narrows.

with

steps as (

    select
        cohort_month,
        acquisition_channel,
        lifecycle_stage,
        customers_reached,
        lag(customers_reached, 1, customers) over (
            partition by cohort_month, acquisition_channel order by stage_rank
        ) as customers_before

    from {{ ref('conversion') }}

)

select * from steps

where customers_reached > customers_before

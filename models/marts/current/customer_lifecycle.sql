-- Where is each customer in life with the shop, today?

with

categories as (

    select
        dimension,
        category,
        label_en,
        label_zh

    from {{ ref('categories') }}

),

stages as (

    select
        customer_id,
        observed_on,
        lifecycle_stage

    from {{ ref('int_lifecycle_staged') }}

    where {{ is_today('observed_on') }}

),

activity as (

    select
        customer_id,
        activity_status,
        is_current

    from {{ ref('int_activity_classified') }}

    where {{ is_today('observed_on') }}

),

observed as (

    select
        customer_id,
        orders,
        orders_365d,
        days_since_first_order,
        days_since_last_order,
        is_guest,
        first_ordered_on,
        last_ordered_on

    from {{ ref('int_customers_observed') }}

    where {{ is_today('observed_on') }}

),

labelled as (

    select
        stages.customer_id,
        stages.lifecycle_stage,
        lifecycle_stages.label_en as lifecycle_stage_label_en,
        lifecycle_stages.label_zh as lifecycle_stage_label_zh,
        activity.activity_status,
        activity_statuss.label_en as activity_status_label_en,
        activity_statuss.label_zh as activity_status_label_zh,
        observed.orders,
        observed.orders_365d,
        observed.days_since_first_order,
        observed.days_since_last_order,
        activity.is_current,
        observed.is_guest,
        observed.first_ordered_on,
        observed.last_ordered_on,
        stages.observed_on

    from stages

    inner join activity
        on stages.customer_id = activity.customer_id

    inner join observed
        on stages.customer_id = observed.customer_id

    left join categories as lifecycle_stages
        on
            lifecycle_stages.dimension = 'lifecycle_stage'
            and stages.lifecycle_stage = lifecycle_stages.category

    left join categories as activity_statuss
        on
            activity_statuss.dimension = 'activity_status'
            and activity.activity_status = activity_statuss.category

)

select * from labelled

-- Who came to another category, in every dimension that has a past?

-- To the day where only orders or a birthday decide, else at the look that saw it.

with

order_count_changes as (

    select
        customer_id,
        dimension,
        category,
        previous_category,
        changed_on,
        true as is_day_exact

    from {{ ref('int_order_count_changes_found') }}

),

activity_changes as (

    select
        customer_id,
        dimension,
        category,
        previous_category,
        changed_on,
        true as is_day_exact

    from {{ ref('int_activity_changes_found') }}

),

age_changes as (

    select
        customer_id,
        dimension,
        category,
        previous_category,
        changed_on,
        true as is_day_exact

    from {{ ref('int_age_changes_found') }}

),

observed_changes as (

    select
        customer_id,
        dimension,
        category,
        previous_category,
        observed_on as changed_on,
        false as is_day_exact

    from {{ ref('int_category_changes_found') }}

    where
        dimension in (
            'value_tier', 'lifetime_value_tier', 'rfm_group', 'churn_risk',
            'value_potential', 'channel', 'price_sensitivity', 'segment'
        )

),

gathered as (

    select * from order_count_changes

    union all

    select * from activity_changes

    union all

    select * from age_changes

    union all

    select * from observed_changes

)

select * from gathered

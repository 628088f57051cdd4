-- How recently, how often and for how much does each customer buy, today?

with

categories as (

    select
        dimension,
        category,
        label_en,
        label_zh

    from {{ ref('categories') }}

),

groups as (

    select
        customer_id,
        observed_on,
        rfm_group,
        recency_score,
        frequency_score,
        monetary_score,
        orders_365d,
        net_revenue_365d,
        days_since_last_order

    from {{ ref('int_rfm_grouped') }}

    where {{ is_today('observed_on') }}

),

labelled as (

    select
        groups.customer_id,
        groups.rfm_group,
        rfm_groups.label_en as rfm_group_label_en,
        rfm_groups.label_zh as rfm_group_label_zh,
        groups.recency_score,
        groups.frequency_score,
        groups.monetary_score,
        groups.orders_365d,
        groups.days_since_last_order,
        groups.net_revenue_365d,
        groups.observed_on

    from groups

    left join categories as rfm_groups
        on
            rfm_groups.dimension = 'rfm_group'
            and groups.rfm_group = rfm_groups.category

)

select * from labelled

-- What do we know of one customer, on one card: what they are, do, buy and say?

with

accounts as (

    select
        customer_id,
        acquisition_channel,
        has_marketing_consent,
        is_guest,
        exists_from

    from {{ ref('int_customers') }}

),

dimensions as (

    select
        customer_type,
        industry,
        age_band,
        gender,
        income_band,
        education,
        occupation,
        region,
        need,
        brand_loyalty,
        lifestyle,
        motive,
        satisfaction,
        engagement,
        sustainability_interest,
        customer_id

    from {{ ref('int_dimensions_pivoted') }}

),

answers as (

    select
        customer_id,
        lifecycle_stage,
        activity_status,
        value_tier,
        lifetime_value_tier,
        purchase_frequency,
        churn_risk,
        value_potential,
        channel,
        price_sensitivity,
        rfm_group,
        segment

    from {{ ref('int_answers_gathered') }}

    where {{ is_today('observed_on') }}

),

profiles as (

    select
        customer_id,
        observed_on,
        orders,
        orders_365d,
        purchase_days,
        days_since_first_order,
        days_since_last_order,
        net_revenue,
        net_revenue_365d,
        online_order_share,
        discounted_order_share,
        top_brand,
        top_brand_share,
        premium_spend_share,
        eco_spend_share,
        events_90d,
        event_days_90d,
        last_event_on,
        tickets_365d,
        returned_orders_365d,
        returned_order_share,
        scores_365d,
        satisfaction_scale,
        satisfaction_score,
        satisfaction_given_on,
        churn_probability,
        expected_orders_90d,
        predicted_revenue_365d,
        clv_12m

    from {{ ref('int_customers_profiled') }}

),

categories as (

    select
        category,
        label_en,
        label_zh

    from {{ ref('categories') }}

    where dimension = 'segment'

),

cards as (

    select
        profiles.customer_id,
        answers.segment,
        categories.label_en as segment_label_en,
        categories.label_zh as segment_label_zh,
        answers.lifecycle_stage,
        answers.activity_status,
        answers.value_tier,
        answers.lifetime_value_tier,
        answers.purchase_frequency,
        answers.churn_risk,
        answers.value_potential,
        answers.channel,
        answers.price_sensitivity,
        answers.rfm_group,
        dimensions.customer_type,
        dimensions.industry,
        dimensions.age_band,
        dimensions.gender,
        dimensions.income_band,
        dimensions.education,
        dimensions.occupation,
        dimensions.region,
        dimensions.need,
        dimensions.brand_loyalty,
        dimensions.lifestyle,
        dimensions.motive,
        dimensions.satisfaction,
        dimensions.engagement,
        dimensions.sustainability_interest,
        profiles.orders,
        profiles.orders_365d,
        profiles.purchase_days,
        profiles.days_since_first_order,
        profiles.days_since_last_order,
        profiles.net_revenue,
        profiles.net_revenue_365d,
        profiles.online_order_share,
        profiles.discounted_order_share,
        profiles.top_brand,
        profiles.top_brand_share,
        profiles.premium_spend_share,
        profiles.eco_spend_share,
        profiles.events_90d,
        profiles.event_days_90d,
        profiles.last_event_on,
        profiles.tickets_365d,
        profiles.returned_orders_365d,
        profiles.returned_order_share,
        profiles.scores_365d,
        profiles.satisfaction_scale,
        cast(profiles.satisfaction_score as decimal(18, 2)) as satisfaction_score,
        profiles.satisfaction_given_on,
        profiles.churn_probability,
        profiles.expected_orders_90d,
        profiles.predicted_revenue_365d,
        profiles.clv_12m,
        accounts.acquisition_channel,
        accounts.has_marketing_consent,
        accounts.is_guest,
        accounts.exists_from,
        profiles.observed_on

    from profiles

    inner join answers
        on profiles.customer_id = answers.customer_id

    inner join accounts
        on profiles.customer_id = accounts.customer_id

    inner join dimensions
        on profiles.customer_id = dimensions.customer_id

    left join categories
        on answers.segment = categories.category

)

select * from cards

-- Who is who, today: every answer about each customer, side by side?

{% set who_they_are = [
    'customer_type', 'industry', 'age_band', 'gender', 'income_band',
    'education', 'occupation', 'region'
] -%}
{% set what_they_want = [
    'need', 'brand_loyalty', 'lifestyle', 'motive', 'satisfaction', 'engagement',
    'sustainability_interest'
] -%}
{% set gathered = who_they_are + what_they_want -%}
{% set dimensions = [
    'lifecycle_stage', 'activity_status', 'value_tier', 'lifetime_value_tier',
    'purchase_frequency', 'rfm_group', 'churn_risk', 'value_potential', 'segment'
] + who_they_are + ['channel', 'price_sensitivity'] + what_they_want -%}

with

categories as (

    select
        dimension,
        category,
        label_en,
        label_zh

    from {{ ref('categories') }}

),

segments as (

    select
        customer_id,
        observed_on,
        lifecycle_stage,
        activity_status,
        value_tier,
        lifetime_value_tier,
        purchase_frequency,
        churn_risk,
        value_potential,
        segment

    from {{ ref('int_segments_composed') }}

    where {{ is_today('observed_on') }}

),

rfm as (

    select
        customer_id,
        rfm_group,
        recency_score,
        frequency_score,
        monetary_score

    from {{ ref('int_rfm_grouped') }}

    where {{ is_today('observed_on') }}

),

risks as (

    select
        customer_id,
        churn_probability

    from {{ ref('int_churn_risk_scored') }}

    where {{ is_today('observed_on') }}

),

observed as (

    select
        customer_id,
        orders,
        orders_365d,
        net_revenue,
        net_revenue_365d,
        is_guest,
        first_ordered_on,
        last_ordered_on

    from {{ ref('int_customers_observed') }}

    where {{ is_today('observed_on') }}

),

channels as (

    select
        customer_id,
        channel

    from {{ ref('int_channel_banded') }}

    where {{ is_today('observed_on') }}

),

prices as (

    select
        customer_id,
        price_sensitivity

    from {{ ref('int_price_sensitivity_banded') }}

    where {{ is_today('observed_on') }}

),

pivoted as (

    select
        customer_id,
        {{ gathered | join(',\n        ') }}

    from {{ ref('int_dimensions_pivoted') }}

),

answered as (

    select
        segments.customer_id,
        channels.channel,
        prices.price_sensitivity,
        {%- for dimension in gathered %}
            pivoted.{{ dimension }},
        {%- endfor %}
        segments.segment,
        segments.lifecycle_stage,
        segments.activity_status,
        segments.value_tier,
        segments.lifetime_value_tier,
        segments.purchase_frequency,
        rfm.rfm_group,
        segments.churn_risk,
        segments.value_potential,
        rfm.recency_score,
        rfm.frequency_score,
        rfm.monetary_score,
        observed.orders,
        observed.orders_365d,
        observed.net_revenue,
        observed.net_revenue_365d,
        risks.churn_probability,
        observed.is_guest,
        observed.first_ordered_on,
        observed.last_ordered_on,
        segments.observed_on

    from segments

    inner join rfm
        on segments.customer_id = rfm.customer_id

    inner join risks
        on segments.customer_id = risks.customer_id

    inner join observed
        on segments.customer_id = observed.customer_id

    inner join channels
        on segments.customer_id = channels.customer_id

    inner join prices
        on segments.customer_id = prices.customer_id

    inner join pivoted
        on segments.customer_id = pivoted.customer_id

),

labelled as (

    select
        answered.customer_id,
        {%- for dimension in dimensions %}
            answered.{{ dimension }},
            {{ dimension }}s.label_en as {{ dimension }}_label_en,
            {{ dimension }}s.label_zh as {{ dimension }}_label_zh,
        {%- endfor %}
        answered.recency_score,
        answered.frequency_score,
        answered.monetary_score,
        answered.orders,
        answered.orders_365d,
        answered.net_revenue,
        answered.net_revenue_365d,
        answered.churn_probability,
        answered.is_guest,
        answered.first_ordered_on,
        answered.last_ordered_on,
        answered.observed_on

    from answered

    {% for dimension in dimensions -%}
        left join categories as {{ dimension }}s
            on
                {{ dimension }}s.dimension = '{{ dimension }}'
                and answered.{{ dimension }} = {{ dimension }}s.category

    {% endfor -%}

)

select * from labelled

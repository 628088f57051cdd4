-- What is each customer worth, today and over all time?

with

categories as (

    select
        dimension,
        category,
        label_en,
        label_zh

    from {{ ref('categories') }}

),

tiers as (

    select
        customer_id,
        observed_on,
        value_tier,
        lifetime_value_tier,
        net_revenue_365d,
        net_revenue,
        value_basis,
        revenue_percentile,
        lifetime_revenue_percentile,
        is_low_population

    from {{ ref('int_value_tiered') }}

    where {{ is_today('observed_on') }}

),

frequencies as (

    select
        customer_id,
        purchase_frequency,
        orders_365d

    from {{ ref('int_frequency_banded') }}

    where {{ is_today('observed_on') }}

),

labelled as (

    select
        tiers.customer_id,
        tiers.value_tier,
        value_tiers.label_en as value_tier_label_en,
        value_tiers.label_zh as value_tier_label_zh,
        tiers.lifetime_value_tier,
        lifetime_value_tiers.label_en as lifetime_value_tier_label_en,
        lifetime_value_tiers.label_zh as lifetime_value_tier_label_zh,
        frequencies.purchase_frequency,
        purchase_frequencys.label_en as purchase_frequency_label_en,
        purchase_frequencys.label_zh as purchase_frequency_label_zh,
        frequencies.orders_365d,
        tiers.net_revenue_365d,
        tiers.net_revenue,
        tiers.value_basis,
        tiers.revenue_percentile,
        tiers.lifetime_revenue_percentile,
        tiers.is_low_population,
        tiers.observed_on

    from tiers

    inner join frequencies
        on tiers.customer_id = frequencies.customer_id

    left join categories as value_tiers
        on
            value_tiers.dimension = 'value_tier'
            and tiers.value_tier = value_tiers.category

    left join categories as lifetime_value_tiers
        on
            lifetime_value_tiers.dimension = 'lifetime_value_tier'
            and tiers.lifetime_value_tier = lifetime_value_tiers.category

    left join categories as purchase_frequencys
        on
            purchase_frequencys.dimension = 'purchase_frequency'
            and frequencies.purchase_frequency = purchase_frequencys.category

)

select * from labelled

-- From which look to which was each customer in the same category, in every dimension?

with

answers as (

    select
        customer_id,
        observed_on,
        lifecycle_stage,
        activity_status,
        value_tier,
        lifetime_value_tier,
        purchase_frequency,
        rfm_group,
        churn_risk,
        value_potential,
        channel,
        price_sensitivity,
        segment

    from {{ ref('int_answers_gathered') }}

),

spans as (

    {{ stays_of(
        'answers',
        day='observed_on',
        dimensions=[
            'lifecycle_stage', 'activity_status', 'value_tier', 'lifetime_value_tier',
            'purchase_frequency', 'rfm_group', 'churn_risk', 'value_potential', 'channel',
            'price_sensitivity', 'segment'
        ]
    ) }}

)

select * from spans

-- Who is in another category than at the look before, on each date?

{{ kept_between_runs('int_premises_digested') }}

with

clock as (

    select
        observed_on,
        previous_observed_on,
        {{ is_open('observed_on') }} as is_open

    from {{ ref('int_observation_dates') }}

),

looks as (

    -- those of this run, and the one that the first of them is compared with
    select observed_on
    from clock

    where is_open

    union distinct

    select previous_observed_on as observed_on
    from clock

    where is_open

),

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

    where observed_on in (select looks.observed_on from looks)

),

changes as (

    {{ changes_of(
        'answers',
        day='observed_on',
        dimensions=[
            'lifecycle_stage', 'activity_status', 'value_tier', 'lifetime_value_tier',
            'purchase_frequency', 'rfm_group', 'churn_risk', 'value_potential', 'channel',
            'price_sensitivity', 'segment'
        ]
    ) }}

),

found as (

    select
        customer_id,
        dimension,
        category,
        previous_category,
        changed_on as observed_on

    from changes

    where {{ is_open('changed_on') }}

)

select * from found

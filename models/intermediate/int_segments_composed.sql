-- Which one name do all the answers add up to, for each customer on each date?

{{ kept_between_runs('int_premises_digested') }}

with

lifecycle as (

    select
        customer_id,
        observed_on,
        lifecycle_stage

    from {{ ref('int_lifecycle_staged') }}

    where {{ is_open('observed_on') }}

),

activity as (

    select
        customer_id,
        observed_on,
        activity_status

    from {{ ref('int_activity_classified') }}

    where {{ is_open('observed_on') }}

),

value_tiers as (

    select
        customer_id,
        observed_on,
        value_tier,
        lifetime_value_tier

    from {{ ref('int_value_tiered') }}

    where {{ is_open('observed_on') }}

),

frequencies as (

    select
        customer_id,
        observed_on,
        purchase_frequency

    from {{ ref('int_frequency_banded') }}

    where {{ is_open('observed_on') }}

),

risks as (

    select
        customer_id,
        observed_on,
        churn_risk

    from {{ ref('int_churn_risk_scored') }}

    where {{ is_open('observed_on') }}

),

potentials as (

    select
        customer_id,
        observed_on,
        value_potential

    from {{ ref('int_value_potential_projected') }}

    where {{ is_open('observed_on') }}

),

segment_rules as (

    select
        precedence,
        segment,
        lifecycle_stage,
        activity_status,
        value_tier,
        lifetime_value_tier,
        purchase_frequency,
        churn_risk,
        value_potential

    from {{ ref('segment_rules') }}

),

answered as (

    select
        lifecycle.customer_id,
        lifecycle.observed_on,
        lifecycle.lifecycle_stage,
        activity.activity_status,
        value_tiers.value_tier,
        value_tiers.lifetime_value_tier,
        frequencies.purchase_frequency,
        risks.churn_risk,
        potentials.value_potential

    from lifecycle

    inner join activity
        on
            lifecycle.customer_id = activity.customer_id
            and lifecycle.observed_on = activity.observed_on

    inner join value_tiers
        on
            lifecycle.customer_id = value_tiers.customer_id
            and lifecycle.observed_on = value_tiers.observed_on

    inner join frequencies
        on
            lifecycle.customer_id = frequencies.customer_id
            and lifecycle.observed_on = frequencies.observed_on

    inner join risks
        on
            lifecycle.customer_id = risks.customer_id
            and lifecycle.observed_on = risks.observed_on

    inner join potentials
        on
            lifecycle.customer_id = potentials.customer_id
            and lifecycle.observed_on = potentials.observed_on

),

combinations as (

    select distinct
        lifecycle_stage,
        activity_status,
        value_tier,
        lifetime_value_tier,
        purchase_frequency,
        churn_risk,
        value_potential

    from answered

),

matched as (

    -- hit policy FIRST: the first row of the table that fits names the segment
    select
        combinations.lifecycle_stage,
        combinations.activity_status,
        combinations.value_tier,
        combinations.lifetime_value_tier,
        combinations.purchase_frequency,
        combinations.churn_risk,
        combinations.value_potential,
        segment_rules.segment,
        row_number() over (
            partition by
                combinations.lifecycle_stage,
                combinations.activity_status,
                combinations.value_tier,
                combinations.lifetime_value_tier,
                combinations.purchase_frequency,
                combinations.churn_risk,
                combinations.value_potential
            order by segment_rules.precedence
        ) as match_rank

    from combinations

    inner join segment_rules
        on
            segment_rules.lifecycle_stage in (combinations.lifecycle_stage, 'any')
            and segment_rules.activity_status in (combinations.activity_status, 'any')
            and segment_rules.value_tier in (combinations.value_tier, 'any')
            and segment_rules.lifetime_value_tier
            in (combinations.lifetime_value_tier, 'any')
            and segment_rules.purchase_frequency
            in (combinations.purchase_frequency, 'any')
            and segment_rules.churn_risk in (combinations.churn_risk, 'any')
            and segment_rules.value_potential in (combinations.value_potential, 'any')

),

composed as (

    select
        answered.customer_id,
        answered.observed_on,
        answered.lifecycle_stage,
        answered.activity_status,
        answered.value_tier,
        answered.lifetime_value_tier,
        answered.purchase_frequency,
        answered.churn_risk,
        answered.value_potential,
        matched.segment

    from answered

    left join matched
        on
            answered.lifecycle_stage = matched.lifecycle_stage
            and answered.activity_status = matched.activity_status
            and answered.value_tier = matched.value_tier
            and answered.lifetime_value_tier = matched.lifetime_value_tier
            and answered.purchase_frequency = matched.purchase_frequency
            and answered.churn_risk = matched.churn_risk
            and answered.value_potential = matched.value_potential
            and matched.match_rank = 1

)

select * from composed

-- Which segment was each customer in, from when to when, and which before?

-- A date of birth may come or be corrected at any time and changes the past: no stay in
-- an age band is over for good, and each run finds them anew.

{% set over_on = "case when dimension <> 'age_band' then valid_to end" -%}

{{ kept_between_runs('int_premises_digested', known_on=over_on) }}

with

order_count_spans as (

    select
        customer_id,
        dimension,
        category,
        previous_category,
        next_category,
        valid_from,
        valid_to,
        true as is_day_exact

    from {{ ref('int_order_count_spans') }}

),

activity_spans as (

    select
        customer_id,
        dimension,
        category,
        previous_category,
        next_category,
        valid_from,
        valid_to,
        true as is_day_exact

    from {{ ref('int_activity_spans') }}

),

age_spans as (

    select
        customer_id,
        dimension,
        category,
        previous_category,
        next_category,
        valid_from,
        valid_to,
        true as is_day_exact

    from {{ ref('int_age_spans') }}

),

observed_spans as (

    select
        customer_id,
        dimension,
        category,
        previous_category,
        next_category,
        valid_from,
        valid_to,
        false as is_day_exact

    from {{ ref('int_observed_spans') }}

    where
        dimension in (
            'value_tier', 'lifetime_value_tier', 'rfm_group', 'churn_risk',
            'value_potential', 'channel', 'price_sensitivity', 'segment'
        )

),

history as (

    select * from order_count_spans

    union all

    select * from activity_spans

    union all

    select * from age_spans

    union all

    select * from observed_spans

),

changing as (

    -- a stay that was over by a closed date is here already
    select *
    from history

    where {{ is_not_over(over_on) }}

)

select * from changing

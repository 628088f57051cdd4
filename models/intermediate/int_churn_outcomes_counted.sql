-- What came of the customers seen on each origin, and on each date rivals learn from?

-- An outcome is what was known when the horizon ended: a purchase day after the date
-- and up to the horizon's end, of which an order was still valid on that last day. What
-- was undone later counts; what was undone before does not. A date is first asked about
-- when an origin that needs it is complete.

{{ kept_between_runs('int_premises_digested', known_on='asked_on') }}

with

origins as (

    select
        origin_on,
        horizon_days,
        known_on,
        learned_on

    from {{ ref('int_churn_origins_chosen') }}

),

observed as (

    select
        customer_id,
        observed_on,
        days_since_last_order

    from {{ ref('int_customers_observed') }}

    where purchase_days > 0 and not is_excluded

),

scored as (

    select
        customer_id,
        observed_on,
        purchase_days,
        days_since_first_order,
        p_alive,
        churn_probability,
        churn_probability_180d,
        churn_probability_365d

    from {{ ref('int_churn_risk_scored') }}

),

futures as (

    select
        origin_on,
        horizon_days,
        purchase_days,
        days_since_first_order,
        orders_if_alive

    from {{ ref('int_churn_futures_expected') }}

),

purchases as (

    select
        customer_id,
        posted_on as purchased_on,
        voided_on

    from {{ ref('int_customer_days') }}

    where is_purchase_day

),

looks as (

    select
        origin_on as seen_on,
        horizon_days,
        known_on as asked_on

    from origins

    union all

    select
        learned_on as seen_on,
        horizon_days,
        known_on as asked_on

    from origins

    where learned_on is not null

),

ending as (

    select
        seen_on,
        horizon_days,
        {{ add_days('seen_on', 'horizon_days') }} as known_on,
        min(asked_on) as asked_on

    from looks

    group by
        seen_on,
        horizon_days

    having {{ is_not_over('min(asked_on)') }}

),

bought as (

    select
        purchases.customer_id,
        ending.seen_on,
        ending.horizon_days,
        count(*) as orders_placed

    from ending

    inner join purchases
        on
            ending.seen_on < purchases.purchased_on
            and ending.known_on >= purchases.purchased_on
            and coalesce(ending.known_on < purchases.voided_on, true)

    group by
        purchases.customer_id,
        ending.seen_on,
        ending.horizon_days

),

followed as (

    select
        ending.seen_on,
        ending.horizon_days,
        ending.asked_on,
        observed.days_since_last_order,
        coalesce(bought.orders_placed, 0) as orders_placed,
        case ending.horizon_days
            when 90 then scored.churn_probability
            when 180 then scored.churn_probability_180d
            when 365 then scored.churn_probability_365d
        end as churn_probability,
        {{ round_to_12_digits('scored.p_alive * futures.orders_if_alive') }}
            as orders_expected

    from ending

    inner join observed
        on ending.seen_on = observed.observed_on

    inner join scored
        on
            observed.customer_id = scored.customer_id
            and observed.observed_on = scored.observed_on

    left join futures
        on
            ending.seen_on = futures.origin_on
            and ending.horizon_days = futures.horizon_days
            and scored.purchase_days = futures.purchase_days
            and scored.days_since_first_order = futures.days_since_first_order

    left join bought
        on
            observed.customer_id = bought.customer_id
            and ending.seen_on = bought.seen_on
            and ending.horizon_days = bought.horizon_days

),

counted as (

    -- whatever is judged depends on these groups alone; decimals add up in any order
    select
        seen_on,
        horizon_days,
        asked_on,
        churn_probability,
        {{ recency_bin('days_since_last_order') }} as recency_bin,
        count(*) as customers,
        count(case when orders_placed = 0 then 1 end) as churned_customers,
        cast(sum(orders_placed) as bigint) as orders_placed,
        cast(sum(cast(orders_expected as decimal(28, 12))) as double)
            as orders_expected

    from followed

    group by
        seen_on,
        horizon_days,
        asked_on,
        churn_probability,
        {{ recency_bin('days_since_last_order') }}

)

select * from counted

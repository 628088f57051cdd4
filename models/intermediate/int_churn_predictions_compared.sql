-- What did the churn model and its rivals predict at each origin, and what happened?

{{ kept_between_runs('int_premises_digested', known_on='known_on') }}

with

origins as (

    select
        origin_on,
        horizon_days,
        known_on,
        learned_on

    from {{ ref('int_churn_origins_chosen') }}

    where {{ is_not_over('known_on') }}

),

outcomes as (

    select
        seen_on,
        horizon_days,
        churn_probability,
        recency_bin,
        customers,
        churned_customers,
        orders_placed,
        orders_expected

    from {{ ref('int_churn_outcomes_counted') }}

),

tested as (

    select
        origins.origin_on,
        origins.horizon_days,
        origins.known_on,
        origins.learned_on,
        outcomes.churn_probability,
        outcomes.recency_bin,
        outcomes.customers,
        outcomes.churned_customers,
        outcomes.orders_placed,
        outcomes.orders_expected

    from origins

    inner join outcomes
        on
            origins.origin_on = outcomes.seen_on
            and origins.horizon_days = outcomes.horizon_days
            and outcomes.churn_probability is not null

),

base_rates as (

    select
        seen_on,
        horizon_days,
        sum(churned_customers) / cast(sum(customers) as double) as base_rate,
        sum(orders_placed) / cast(sum(customers) as double) as base_orders

    from outcomes

    group by
        seen_on,
        horizon_days

),

recencies as (

    -- drawn towards the rate of all as if by ten more customers, or a bin of one would
    -- be certain
    select
        outcomes.seen_on,
        outcomes.horizon_days,
        outcomes.recency_bin,
        (sum(outcomes.churned_customers) + 10 * base_rates.base_rate)
        / (sum(outcomes.customers) + 10) as recency_rate,
        (sum(outcomes.orders_placed) + 10 * base_rates.base_orders)
        / (sum(outcomes.customers) + 10) as recency_orders

    from outcomes

    inner join base_rates
        on
            outcomes.seen_on = base_rates.seen_on
            and outcomes.horizon_days = base_rates.horizon_days

    group by
        outcomes.seen_on,
        outcomes.horizon_days,
        outcomes.recency_bin,
        base_rates.base_rate,
        base_rates.base_orders

),

predictions as (

    select
        origin_on,
        horizon_days,
        known_on,
        'model' as predictor,
        churn_probability as probability,
        customers,
        churned_customers,
        orders_placed,
        orders_expected

    from tested

    union all

    select
        tested.origin_on,
        tested.horizon_days,
        tested.known_on,
        'recency' as predictor,
        {{ round_to_9_digits(
            'coalesce(recencies.recency_rate, base_rates.base_rate)'
        ) }} as probability,
        tested.customers,
        tested.churned_customers,
        tested.orders_placed,
        coalesce(recencies.recency_orders, base_rates.base_orders)
        * tested.customers as orders_expected

    from tested

    inner join base_rates
        on
            tested.learned_on = base_rates.seen_on
            and tested.horizon_days = base_rates.horizon_days

    left join recencies
        on
            tested.learned_on = recencies.seen_on
            and tested.horizon_days = recencies.horizon_days
            and tested.recency_bin = recencies.recency_bin

    union all

    select
        tested.origin_on,
        tested.horizon_days,
        tested.known_on,
        'base_rate' as predictor,
        {{ round_to_9_digits('base_rates.base_rate') }} as probability,
        tested.customers,
        tested.churned_customers,
        tested.orders_placed,
        base_rates.base_orders * tested.customers as orders_expected

    from tested

    inner join base_rates
        on
            tested.learned_on = base_rates.seen_on
            and tested.horizon_days = base_rates.horizon_days

),

grouped as (

    select
        origin_on,
        horizon_days,
        known_on,
        predictor,
        probability,
        cast(sum(customers) as bigint) as customers,
        cast(sum(churned_customers) as bigint) as churned_customers,
        cast(sum(orders_placed) as bigint) as orders_placed,
        cast(
            sum(
                cast({{ round_to_12_digits('orders_expected') }} as decimal(28, 12))
            ) as double
        ) as orders_expected

    from predictions

    group by
        origin_on,
        horizon_days,
        known_on,
        predictor,
        probability

),

ranked as (

    select
        origin_on,
        horizon_days,
        known_on,
        predictor,
        probability,
        customers,
        churned_customers,
        orders_placed,
        orders_expected,
        sum(customers) over (
            partition by origin_on, horizon_days, predictor
            order by probability
        ) - customers as customers_below,
        sum(customers) over (partition by origin_on, horizon_days, predictor)
            as all_customers

    from grouped

),

compared as (

    -- by mid-rank, so that equal predictions are always of one decile
    select
        origin_on,
        horizon_days,
        known_on,
        predictor,
        probability,
        cast(
            ceil({{ round_to_9_digits(
                '(10 * customers_below + 5 * customers) / cast(all_customers as double)'
            ) }}) as int
        ) as decile,
        customers,
        churned_customers,
        orders_placed,
        orders_expected,
        cast(customers_below as bigint) as customers_below,
        cast(all_customers as bigint) as all_customers

    from ranked

)

select * from compared

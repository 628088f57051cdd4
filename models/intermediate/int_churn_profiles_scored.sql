-- How many orders are to be expected of each history, while the customer is alive?

with

profiles as (

    select
        fitted_through,
        purchase_days,
        days_since_first_order,
        occurs_today,
        r,
        alpha,
        purchase_days - 1 as repeat_days

    from {{ ref('int_churn_profiles_listed') }}

),

nodes as (

    select
        fitted_through,
        purchase_days,
        p_dropout,
        weight_per_p

    from {{ ref('int_churn_nodes_weighted') }}

),

years as (

    select
        profiles.fitted_through,
        profiles.purchase_days,
        profiles.days_since_first_order,
        sum({{ churn_orders_at_node(
            'profiles', 'nodes',
            'profiles.repeat_days', 'profiles.days_since_first_order', 365
        ) }}) as orders_if_alive_365d

    from profiles

    inner join nodes
        on
            profiles.fitted_through = nodes.fitted_through
            and profiles.purchase_days = nodes.purchase_days

    group by
        profiles.fitted_through,
        profiles.purchase_days,
        profiles.days_since_first_order

),

futures as (

    -- most of the cost, and asked for today only
    select
        profiles.fitted_through,
        profiles.purchase_days,
        profiles.days_since_first_order,
        sum({{ churn_orders_at_node(
            'profiles', 'nodes',
            'profiles.repeat_days', 'profiles.days_since_first_order', 90
        ) }}) as orders_if_alive_90d,
        sum({{ churn_orders_at_node(
            'profiles', 'nodes',
            'profiles.repeat_days', 'profiles.days_since_first_order', 180
        ) }}) as orders_if_alive_180d,
        sum({{ churn_discounted_orders_at_node(
            'profiles', 'nodes',
            'profiles.repeat_days', 'profiles.days_since_first_order',
            var('annual_discount_rate') | float
        ) }}) as discounted_orders_if_alive_12m

    from profiles

    inner join nodes
        on
            profiles.fitted_through = nodes.fitted_through
            and profiles.purchase_days = nodes.purchase_days

    where profiles.occurs_today

    group by
        profiles.fitted_through,
        profiles.purchase_days,
        profiles.days_since_first_order

),

scored as (

    select
        years.fitted_through,
        years.purchase_days,
        years.days_since_first_order,
        futures.orders_if_alive_90d,
        futures.orders_if_alive_180d,
        years.orders_if_alive_365d,
        futures.discounted_orders_if_alive_12m

    from years

    left join futures
        on
            years.fitted_through = futures.fitted_through
            and years.purchase_days = futures.purchase_days
            and years.days_since_first_order = futures.days_since_first_order

)

select * from scored

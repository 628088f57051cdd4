-- How many orders are to be expected of each history, while the customer is alive?

-- Expected orders are P(alive) times an integral that depends on the number of purchase
-- days and the age alone, and only these are listed: a million customers with thirteen
-- million orders have 674,121 histories with the day of the last order, 88,444 without.

{{ kept_between_runs('int_premises_digested') }}

with

observed as (

    select
        observed_on,
        is_as_of,
        purchase_days,
        days_since_first_order

    from {{ ref('int_customers_observed') }}

    where purchase_days > 0 and {{ is_open('observed_on') }}

),

fits as (

    select
        observed_on,
        fitted_through,
        r,
        alpha

    from {{ ref('int_churn_parameters_in_force') }}

    where fitted_through is not null

),

nodes as (

    select
        fitted_through,
        purchase_days,
        p_dropout,
        weight_per_p

    from {{ ref('int_churn_nodes_weighted') }}

),

profiles as (

    select distinct
        observed.observed_on,
        observed.is_as_of,
        fits.fitted_through,
        observed.purchase_days,
        observed.days_since_first_order,
        fits.r,
        fits.alpha,
        observed.purchase_days - 1 as repeat_days

    from observed

    inner join fits
        on observed.observed_on = fits.observed_on

),

years as (

    select
        profiles.observed_on,
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
        profiles.observed_on,
        profiles.purchase_days,
        profiles.days_since_first_order

),

futures as (

    -- most of the cost, and asked for today only
    select
        profiles.observed_on,
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

    where profiles.is_as_of

    group by
        profiles.observed_on,
        profiles.purchase_days,
        profiles.days_since_first_order

),

scored as (

    select
        years.observed_on,
        years.purchase_days,
        years.days_since_first_order,
        futures.orders_if_alive_90d,
        futures.orders_if_alive_180d,
        years.orders_if_alive_365d,
        futures.discounted_orders_if_alive_12m

    from years

    left join futures
        on
            years.observed_on = futures.observed_on
            and years.purchase_days = futures.purchase_days
            and years.days_since_first_order = futures.days_since_first_order

)

select * from scored

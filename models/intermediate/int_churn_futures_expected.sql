-- How many orders were to be expected of each history from each origin, while alive?

{{ kept_between_runs('int_premises_digested', known_on='known_on') }}

with

origins as (

    select
        origin_on,
        horizon_days,
        known_on

    from {{ ref('int_churn_origins_chosen') }}

    where {{ is_not_over('known_on') }}

),

scored as (

    select
        observed_on,
        fitted_through,
        purchase_days,
        days_since_first_order

    from {{ ref('int_churn_risk_scored') }}

    where p_alive is not null

),

fits as (

    select
        observed_on,
        r,
        alpha

    from {{ ref('int_churn_parameters_in_force') }}

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
        origins.origin_on,
        origins.horizon_days,
        origins.known_on,
        scored.fitted_through,
        scored.purchase_days,
        scored.days_since_first_order

    from origins

    inner join scored
        on origins.origin_on = scored.observed_on

),

expected as (

    select
        profiles.origin_on,
        profiles.horizon_days,
        profiles.known_on,
        profiles.purchase_days,
        profiles.days_since_first_order,
        sum({{ churn_orders_at_node(
            'fits', 'nodes',
            '(profiles.purchase_days - 1)',
            'profiles.days_since_first_order',
            'profiles.horizon_days'
        ) }}) as orders_if_alive

    from profiles

    inner join fits
        on profiles.origin_on = fits.observed_on

    inner join nodes
        on
            profiles.fitted_through = nodes.fitted_through
            and profiles.purchase_days = nodes.purchase_days

    group by
        profiles.origin_on,
        profiles.horizon_days,
        profiles.known_on,
        profiles.purchase_days,
        profiles.days_since_first_order

)

select * from expected

-- How far has each customer come with the shop, on each date?

{{ kept_between_runs('int_facts_digested') }}

with

observed as (

    select
        customer_id,
        observed_on,
        orders,
        orders_365d

    from {{ ref('int_customers_observed') }}

    where {{ is_open('observed_on') }}

),

stages as (

    select
        category,
        precedence,
        measure,
        above,
        at_least,
        below,
        up_to,
        observed_on

    from {{ ref('int_bands_in_force') }}

    where dimension = 'lifecycle_stage'

),

profiles as (

    -- few combinations, many customers: the rules are read once per combination
    select distinct
        orders,
        orders_365d,
        observed_on

    from observed

),

matched as (

    select
        profiles.orders,
        profiles.orders_365d,
        profiles.observed_on,
        stages.category as lifecycle_stage,
        row_number() over (
            partition by
                profiles.orders, profiles.orders_365d, profiles.observed_on
            order by stages.precedence
        ) as match_rank

    from profiles

    inner join stages
        on
            profiles.observed_on = stages.observed_on
            and {{ measure_falls_in('profiles', 'stages', ['orders_365d', 'orders']) }}

),

staged as (

    select
        observed.customer_id,
        observed.observed_on,
        observed.orders,
        observed.orders_365d,
        matched.lifecycle_stage

    from observed

    left join matched
        on
            observed.observed_on = matched.observed_on
            and observed.orders = matched.orders
            and observed.orders_365d = matched.orders_365d
            and matched.match_rank = 1

)

select * from staged

-- Who came to another lifecycle stage or another purchase frequency, on which day?

{{ kept_between_runs('int_facts_digested', known_on='changed_on') }}

with

states as (

    select
        customer_id,
        orders,
        orders_365d,
        holds_from

    from {{ ref('int_states_booked') }}

    where {{ is_not_over('holds_from') }}

),

carried as (

    select
        customer_id,
        orders,
        orders_365d,
        observed_on as holds_from

    from {{ ref('int_customers_observed') }}

    where {{ is_last_closed('observed_on') }}

),

bands as (

    select
        dimension,
        precedence,
        category,
        measure,
        above,
        at_least,
        below,
        up_to,
        valid_from,
        valid_to

    from {{ ref('bands') }}

    where dimension in ('lifecycle_stage', 'purchase_frequency')

),

periods as (

    select
        ruled_from,
        ruled_until,
        ruled_on

    from {{ ref('int_rule_periods') }}

),

ruled as (

    {{ states_ruled(['orders', 'orders_365d']) }}

),

profiles as (

    select distinct
        orders,
        orders_365d,
        ruled_on

    from ruled

),

matched as (

    select
        profiles.orders,
        profiles.orders_365d,
        profiles.ruled_on,
        bands.dimension,
        bands.category,
        row_number() over (
            partition by
                profiles.orders,
                profiles.orders_365d,
                profiles.ruled_on,
                bands.dimension
            order by bands.precedence
        ) as match_rank

    from profiles

    inner join bands
        on
            coalesce(profiles.ruled_on >= bands.valid_from, true)
            and coalesce(profiles.ruled_on < bands.valid_to, true)
            and {{ measure_falls_in('profiles', 'bands', ['orders_365d', 'orders']) }}

),

answered as (

    select
        ruled.customer_id,
        ruled.holds_from,
        stage_matches.category as lifecycle_stage,
        frequency_matches.category as purchase_frequency

    from ruled

    left join matched as stage_matches
        on
            ruled.ruled_on = stage_matches.ruled_on
            and ruled.orders = stage_matches.orders
            and ruled.orders_365d = stage_matches.orders_365d
            and stage_matches.dimension = 'lifecycle_stage'
            and stage_matches.match_rank = 1

    left join matched as frequency_matches
        on
            ruled.ruled_on = frequency_matches.ruled_on
            and ruled.orders = frequency_matches.orders
            and ruled.orders_365d = frequency_matches.orders_365d
            and frequency_matches.dimension = 'purchase_frequency'
            and frequency_matches.match_rank = 1

),

changes as (

    {{ changes_of(
        'answered', day='holds_from', dimensions=['lifecycle_stage', 'purchase_frequency']
    ) }}

),

found as (

    -- the category of the last closed date is there to be compared with
    select *
    from changes

    where {{ is_not_over('changed_on') }}

)

select * from found

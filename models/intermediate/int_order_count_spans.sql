-- From which day to which was each customer at a lifecycle stage, and how frequent?

with

states as (

    select
        customer_id,
        orders,
        orders_365d,
        holds_from,
        holds_until

    from {{ ref('int_state_spans') }}

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

    -- a state that outlives a change of rules is judged anew on that day
    select
        states.customer_id,
        states.orders,
        states.orders_365d,
        periods.ruled_on,
        greatest(states.holds_from, periods.ruled_from) as holds_from

    from states

    inner join periods
        on
            states.holds_from < periods.ruled_until
            and coalesce(states.holds_until > periods.ruled_from, true)

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

spans as (

    {{ stays_of(
        'answered', day='holds_from', dimensions=['lifecycle_stage', 'purchase_frequency']
    ) }}

)

select * from spans

-- From which day to which was each customer at a lifecycle stage, and how frequent?

with

states as (

    select
        customer_id,
        orders,
        orders_365d,
        holds_from

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
        up_to

    from {{ ref('bands') }}

    where dimension in ('lifecycle_stage', 'purchase_frequency')

),

profiles as (

    select distinct
        orders,
        orders_365d

    from states

),

matched as (

    select
        profiles.orders,
        profiles.orders_365d,
        bands.dimension,
        bands.category,
        row_number() over (
            partition by profiles.orders, profiles.orders_365d, bands.dimension
            order by bands.precedence
        ) as match_rank

    from profiles

    inner join bands
        on
            {{ falls_in(
                "case bands.measure when 'orders_365d' then profiles.orders_365d else profiles.orders end",
                'bands'
            ) }}

),

answered as (

    select
        states.customer_id,
        states.holds_from,
        stage_matches.category as lifecycle_stage,
        frequency_matches.category as purchase_frequency

    from states

    left join matched as stage_matches
        on
            states.orders = stage_matches.orders
            and states.orders_365d = stage_matches.orders_365d
            and stage_matches.dimension = 'lifecycle_stage'
            and stage_matches.match_rank = 1

    left join matched as frequency_matches
        on
            states.orders = frequency_matches.orders
            and states.orders_365d = frequency_matches.orders_365d
            and frequency_matches.dimension = 'purchase_frequency'
            and frequency_matches.match_rank = 1

),

spans as (

    {{ stays_of(
        'answered', day='holds_from', dimensions=['lifecycle_stage', 'purchase_frequency']
    ) }}

)

select * from spans

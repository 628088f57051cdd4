-- Which bands of the catalogue hold on each date on which we look?

with

clock as (

    select
        observed_on,
        is_as_of

    from {{ ref('int_observation_dates') }}

),

today as (

    select observed_on
    from clock

    where is_as_of

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

),

rule_days as (

    -- history is told under the rules of its day, or all of it under today's
    select
        clock.observed_on,
        clock.is_as_of,
        {{ rule_day('clock.observed_on', 'today.observed_on') }} as ruled_on

    from clock

    cross join today

),

in_force as (

    select
        bands.dimension,
        bands.precedence,
        bands.category,
        bands.measure,
        bands.above,
        bands.at_least,
        bands.below,
        bands.up_to,
        rule_days.is_as_of,
        rule_days.observed_on

    from rule_days

    inner join bands
        on
            coalesce(rule_days.ruled_on >= bands.valid_from, true)
            and coalesce(rule_days.ruled_on < bands.valid_to, true)

)

select * from in_force

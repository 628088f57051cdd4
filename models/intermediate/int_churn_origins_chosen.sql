-- From which past dates, and how far ahead, can the churn model be checked?

with

fits as (

    select
        observed_on,
        fitted_through

    from {{ ref('int_churn_parameters_in_force') }}

    where
        observed_on = fitted_through
        and not is_provisional
        and method <> 'prior'

),

clock as (

    select
        observed_on,
        is_as_of

    from {{ ref('int_observation_dates') }}

),

today as (

    select observed_on as as_of_on
    from clock

    where is_as_of

),

horizons as (

    select 90 as horizon_days

    union all

    select 180 as horizon_days

    union all

    select 365 as horizon_days

),

complete as (

    select
        fits.observed_on as origin_on,
        horizons.horizon_days,
        {{ add_days('fits.observed_on', 'horizons.horizon_days') }} as known_on,
        row_number() over (
            partition by horizons.horizon_days
            order by fits.observed_on desc
        ) <= 8 as is_recent

    from fits

    cross join horizons

    inner join today
        on
            {{ add_days('fits.observed_on', 'horizons.horizon_days') }}
            <= today.as_of_on

),

chosen as (

    -- rivals learn from the newest date whose outcome was known at the origin
    select
        complete.origin_on,
        complete.horizon_days,
        complete.known_on,
        complete.is_recent,
        max(clock.observed_on) as learned_on

    from complete

    left join clock
        on
            {{ add_days('clock.observed_on', 'complete.horizon_days') }}
            <= complete.origin_on

    group by
        complete.origin_on,
        complete.horizon_days,
        complete.known_on,
        complete.is_recent

)

select * from chosen

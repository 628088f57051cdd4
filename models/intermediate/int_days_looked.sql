-- At which look is what happens on a day seen for the first time?

with

clock as (

    select
        observed_on,
        previous_observed_on

    from {{ ref('int_observation_dates') }}

),

customers as (

    select min(exists_from) as exists_from
    from {{ ref('int_customers') }}

),

looked as (

    -- the first look sees all that happened before it
    select
        clock.observed_on,
        {{ each_day(
            'coalesce('
            ~ add_days('clock.previous_observed_on', 1)
            ~ ', least(customers.exists_from, clock.observed_on))',
            'clock.observed_on'
        ) }} as happened_on

    from clock

    cross join customers

)

select * from looked

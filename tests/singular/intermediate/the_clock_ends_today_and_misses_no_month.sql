-- Every mart is the slice of the one as-of date, and history is read as if each month
-- were there: two todays, none, or a month left out would not show in any figure.

with

clock as (

    select
        observed_on,
        previous_observed_on,
        is_as_of,
        is_month_end

    from {{ ref('int_observation_dates') }}

),

customers as (

    select count(*) as customer_count
    from {{ ref('int_customers') }}

),

bounds as (

    select
        count(case when is_as_of then 1 end) as todays,
        max(case when is_as_of then observed_on end) as as_of_on,
        max(observed_on) as newest_on

    from clock

),

problems as (

    -- only a shop without customers has no today
    select
        'not one today, or not the newest date' as problem,
        bounds.newest_on as observed_on

    from bounds

    inner join customers
        on
            bounds.todays > 1
            or (bounds.todays = 0 and customers.customer_count > 0)
            or bounds.as_of_on <> bounds.newest_on

    union all

    select
        'a month is missing before this date' as problem,
        observed_on

    from clock

    where observed_on > last_day({{ add_days('last_day(previous_observed_on)', 1) }})

    union all

    select
        'neither a month-end nor today' as problem,
        observed_on

    from clock

    where not is_as_of and observed_on <> last_day(observed_on)

)

select * from problems

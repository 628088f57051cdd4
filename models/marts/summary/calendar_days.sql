-- Which days are there to count by, from the first look to the newest?

with

clock as (

    select observed_on
    from {{ ref('int_observation_dates') }}

),

bounds as (

    select
        min(date_trunc('month', observed_on)) as first_on,
        max(observed_on) as last_on

    from clock

),

days as (

    select {{ each_day('cast(first_on as date)', 'last_on') }} as day_on
    from bounds

),

months as (

    select
        day_on,
        cast(date_trunc('month', day_on) as date) as month_on

    from days

)

select * from months

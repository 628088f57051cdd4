-- How many days after an anchor does an activity status begin, or end?

with

statuses as (

    select
        measure,
        above,
        at_least,
        below,
        up_to

    from {{ ref('bands') }}

    where dimension = 'activity_status'

),

bounds as (

    -- the first day in a band, and the first day after it
    select
        measure,
        cast(greatest(ceil(at_least), floor(above) + 1) as int) as bound_days

    from statuses

    union distinct

    select
        measure,
        cast(least(ceil(below), floor(up_to) + 1) as int) as bound_days

    from statuses

),

listed as (

    select
        measure,
        bound_days

    from bounds

    where bound_days > 0

)

select * from listed

-- From which day to which was each customer in which age band?

with

today as (

    select observed_on
    from {{ ref('int_observation_dates') }}

    where is_as_of

),

customers as (

    select
        customer_id,
        born_on,
        exists_from

    from {{ ref('int_customers') }}

),

bands as (

    select
        category,
        above,
        at_least,
        below,
        up_to,
        valid_from,
        valid_to

    from {{ ref('bands') }}

    where dimension = 'age_band'

),

periods as (

    select
        ruled_from,
        ruled_until,
        ruled_on

    from {{ ref('int_rule_periods') }}

),

observed as (

    -- whose first day nobody knows is there on the last date only
    select
        customers.customer_id,
        customers.born_on,
        today.observed_on,
        coalesce(customers.exists_from, today.observed_on) as exists_from

    from customers

    inner join today
        on coalesce(customers.exists_from <= today.observed_on, true)

),

turns as (

    -- the ages at which a band begins, and the one after which a date of birth is a
    -- placeholder
    select cast(coalesce(ceil(at_least), floor(above) + 1, 0) as int) as age
    from bands

    union

    select {{ var('highest_age') }} + 1 as age

),

moments as (

    select
        customer_id,
        born_on,
        exists_from as happened_on

    from observed

    union all

    select
        observed.customer_id,
        observed.born_on,
        {{ birthday('observed.born_on', 'turns.age') }} as happened_on

    from observed

    inner join turns
        on
            {{ birthday('observed.born_on', 'turns.age') }} > observed.exists_from
            and {{ birthday('observed.born_on', 'turns.age') }}
            <= observed.observed_on

    union all

    select
        observed.customer_id,
        observed.born_on,
        periods.ruled_from as happened_on

    from observed

    inner join periods
        on observed.exists_from < periods.ruled_from

),

aged as (

    select
        moments.customer_id,
        moments.happened_on,
        periods.ruled_on,
        {{ years_between('moments.born_on', 'moments.happened_on') }} as age

    from moments

    inner join periods
        on
            moments.happened_on >= periods.ruled_from
            and moments.happened_on < periods.ruled_until

),

banded as (

    select
        aged.customer_id,
        aged.happened_on,
        coalesce(bands.category, 'unknown') as age_band

    from aged

    left join bands
        on
            aged.age between 0 and {{ var('highest_age') }}
            and {{ falls_in('aged.age', 'bands') }}
            and coalesce(aged.ruled_on >= bands.valid_from, true)
            and coalesce(aged.ruled_on < bands.valid_to, true)

),

spans as (

    {{ stays_of('banded', day='happened_on', dimensions=['age_band']) }}

)

select * from spans

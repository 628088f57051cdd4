-- On which days may each customer's age band change?

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
        above,
        at_least

    from {{ ref('bands') }}

    where dimension = 'age_band'

),

periods as (

    select ruled_from
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

    union distinct

    select {{ var('highest_age') }} + 1 as age

),

moments as (

    select
        customer_id,
        born_on,
        exists_from as happened_on

    from observed

    union distinct

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

    union distinct

    select
        observed.customer_id,
        observed.born_on,
        periods.ruled_from as happened_on

    from observed

    inner join periods
        on observed.exists_from < periods.ruled_from

)

select * from moments

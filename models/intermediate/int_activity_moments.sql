-- On which days may each customer's activity change, and how long ago was what then?

-- While nothing is booked, activity changes only where the days since an anchor (first
-- order, last return, last order) pass a bound of the catalogue. Those days are known
-- in advance: no day in between is looked at.

with

as_of as (

    select observed_on
    from {{ ref('int_observation_dates') }}

    where is_as_of

),

states as (

    select
        customer_id,
        first_ordered_on,
        last_ordered_on,
        returned_on,
        holds_from,
        holds_until

    from {{ ref('int_state_spans') }}

),

periods as (

    select
        ruled_from,
        ruled_until

    from {{ ref('int_rule_periods') }}

),

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

    union

    select
        measure,
        cast(least(ceil(below), floor(up_to) + 1) as int) as bound_days

    from statuses

),

longest as (

    -- beyond the last bound nothing changes: days are counted no further
    select
        max(case when measure = 'days_since_joining' then bound_days end)
            as joining_days,
        max(case when measure = 'days_since_return' then bound_days end)
            as return_days,
        max(case when measure = 'days_since_last_order' then bound_days end)
            as last_order_days

    from bounds

),

anchored as (

    -- a state that outlives a change of rules is judged anew on that day
    select
        states.customer_id,
        states.last_ordered_on,
        states.returned_on,
        greatest(states.holds_from, periods.ruled_from) as holds_from,
        least(
            coalesce(states.holds_until, periods.ruled_until), periods.ruled_until
        ) as holds_until,
        case
            when {{ is_first_order_known('states.first_ordered_on') }}
                then states.first_ordered_on
        end as joined_on

    from states

    inner join periods
        on
            states.holds_from < periods.ruled_until
            and coalesce(states.holds_until > periods.ruled_from, true)

),

passed as (

    select
        anchored.customer_id,
        anchored.joined_on,
        anchored.returned_on,
        anchored.last_ordered_on,
        anchored.holds_from,
        anchored.holds_until,
        {{ add_days(
            "case bounds.measure"
            ~ " when 'days_since_joining' then anchored.joined_on"
            ~ " when 'days_since_return' then anchored.returned_on"
            ~ " when 'days_since_last_order' then anchored.last_ordered_on end",
            'bounds.bound_days'
        ) }} as happened_on

    from anchored

    cross join bounds

    where bounds.bound_days > 0

),

moments as (

    select
        customer_id,
        joined_on,
        returned_on,
        last_ordered_on,
        holds_from as happened_on

    from anchored

    union all

    select
        customer_id,
        joined_on,
        returned_on,
        last_ordered_on,
        happened_on

    from passed

    where
        happened_on > holds_from
        and coalesce(happened_on < holds_until, true)
        and happened_on <= (select as_of.observed_on from as_of)

),

measured as (

    select
        moments.customer_id,
        moments.happened_on,
        case when moments.last_ordered_on is null then 0 else 1 end as orders,
        {{ days_counted(
            'moments.joined_on', 'moments.happened_on', 'longest.joining_days'
        ) }} as days_since_joining,
        {{ days_counted(
            'moments.returned_on', 'moments.happened_on', 'longest.return_days'
        ) }} as days_since_return,
        {{ days_counted(
            'moments.last_ordered_on', 'moments.happened_on', 'longest.last_order_days'
        ) }} as days_since_last_order

    from moments

    cross join longest

)

select * from measured

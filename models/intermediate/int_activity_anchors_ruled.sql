-- From which days on is each activity counted, until something else is booked or ruled?

with

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
        ruled_until,
        ruled_on

    from {{ ref('int_rule_periods') }}

),

anchored as (

    -- a state that outlives a change of rules is judged anew on that day
    select
        states.customer_id,
        states.last_ordered_on,
        states.returned_on,
        periods.ruled_on,
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

)

select * from anchored

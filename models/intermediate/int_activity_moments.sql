-- On which days may each customer's activity change, and how long ago was what then?

-- While nothing is booked, activity changes only where the days since an anchor (first
-- order, last return, last order) pass a bound of the catalogue. Those days are known
-- in advance: no day in between is looked at.

{{ kept_between_runs('int_facts_digested', known_on='happened_on') }}

with

as_of as (

    select observed_on
    from {{ ref('int_observation_dates') }}

    where is_as_of

),

bounds as (

    select
        measure,
        bound_days

    from {{ ref('int_activity_bounds_listed') }}

),

states as (

    select
        customer_id,
        first_ordered_on,
        last_ordered_on,
        returned_on,
        holds_from

    from {{ ref('int_states_booked') }}

    where {{ is_not_over('holds_from') }}

),

carried as (

    select
        customer_id,
        first_ordered_on,
        last_ordered_on,
        returned_on,
        observed_on as holds_from

    from {{ ref('int_customers_observed') }}

    where {{ is_last_closed('observed_on') }}

),

periods as (

    select
        ruled_from,
        ruled_until,
        ruled_on

    from {{ ref('int_rule_periods') }}

),

ruled as (

    {{ states_ruled(['first_ordered_on', 'last_ordered_on', 'returned_on']) }}

),

anchors as (

    select
        customer_id,
        returned_on,
        last_ordered_on,
        holds_from,
        holds_until,
        case
            when {{ is_first_order_known('first_ordered_on') }} then first_ordered_on
        end as joined_on

    from ruled

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

passed as (

    select
        anchors.customer_id,
        anchors.joined_on,
        anchors.returned_on,
        anchors.last_ordered_on,
        anchors.holds_from,
        anchors.holds_until,
        {{ add_days(
            "case bounds.measure"
            ~ " when 'days_since_joining' then anchors.joined_on"
            ~ " when 'days_since_return' then anchors.returned_on"
            ~ " when 'days_since_last_order' then anchors.last_ordered_on end",
            'bounds.bound_days'
        ) }} as happened_on

    from anchors

    cross join bounds

),

moments as (

    select
        customer_id,
        joined_on,
        returned_on,
        last_ordered_on,
        holds_from as happened_on

    from anchors

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
        and happened_on < holds_until
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

    where {{ is_not_over('moments.happened_on') }}

)

select * from measured

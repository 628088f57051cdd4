-- Who became new, came back, or went quiet, on which day?

{{ kept_between_runs('int_facts_digested', known_on='changed_on') }}

with

moments as (

    select
        customer_id,
        orders,
        days_since_joining,
        days_since_return,
        days_since_last_order,
        happened_on

    from {{ ref('int_activity_moments') }}

    where {{ is_not_over('happened_on') }}

),

carried as (

    select
        customer_id,
        activity_status,
        observed_on as happened_on

    from {{ ref('int_activity_classified') }}

    where {{ is_last_closed('observed_on') }}

),

statuses as (

    select
        category,
        precedence,
        measure,
        above,
        at_least,
        below,
        up_to,
        valid_from,
        valid_to

    from {{ ref('bands') }}

    where dimension = 'activity_status'

),

periods as (

    select
        ruled_from,
        ruled_until,
        ruled_on

    from {{ ref('int_rule_periods') }}

),

profiles as (

    select distinct
        moments.orders,
        moments.days_since_joining,
        moments.days_since_return,
        moments.days_since_last_order,
        periods.ruled_from,
        periods.ruled_until,
        periods.ruled_on

    from moments

    inner join periods
        on
            moments.happened_on >= periods.ruled_from
            and moments.happened_on < periods.ruled_until

),

matched as (

    select
        profiles.orders,
        profiles.days_since_joining,
        profiles.days_since_return,
        profiles.days_since_last_order,
        profiles.ruled_from,
        profiles.ruled_until,
        statuses.category as activity_status,
        row_number() over (
            partition by
                profiles.orders,
                profiles.days_since_joining,
                profiles.days_since_return,
                profiles.days_since_last_order,
                profiles.ruled_on
            order by statuses.precedence
        ) as match_rank

    from profiles

    inner join statuses
        on
            coalesce(profiles.ruled_on >= statuses.valid_from, true)
            and coalesce(profiles.ruled_on < statuses.valid_to, true)
            and {{ measure_falls_in('profiles', 'statuses', [
                'orders',
                'days_since_joining',
                'days_since_return',
                'days_since_last_order',
            ]) }}

),

classified as (

    select
        moments.customer_id,
        moments.happened_on,
        matched.activity_status

    from moments

    left join matched
        on
            moments.orders = matched.orders
            and moments.days_since_joining = matched.days_since_joining
            and moments.days_since_return = matched.days_since_return
            and moments.days_since_last_order = matched.days_since_last_order
            and moments.happened_on >= matched.ruled_from
            and moments.happened_on < matched.ruled_until
            and matched.match_rank = 1

    union all

    select
        customer_id,
        happened_on,
        activity_status

    from carried

),

changes as (

    {{ changes_of('classified', day='happened_on', dimensions=['activity_status']) }}

),

found as (

    -- the status of the last closed date is there to be compared with
    select *
    from changes

    where {{ is_not_over('changed_on') }}

)

select * from found

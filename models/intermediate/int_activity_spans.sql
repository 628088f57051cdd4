-- From which day to which was each customer new, back, buying, or gone quiet?

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

ruled as (

    select
        moments.customer_id,
        moments.orders,
        moments.days_since_joining,
        moments.days_since_return,
        moments.days_since_last_order,
        moments.happened_on,
        periods.ruled_on

    from moments

    inner join periods
        on
            moments.happened_on >= periods.ruled_from
            and moments.happened_on < periods.ruled_until

),

profiles as (

    select distinct
        orders,
        days_since_joining,
        days_since_return,
        days_since_last_order,
        ruled_on

    from ruled

),

matched as (

    select
        profiles.orders,
        profiles.days_since_joining,
        profiles.days_since_return,
        profiles.days_since_last_order,
        profiles.ruled_on,
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
            and {{ falls_in(
                "case statuses.measure"
                ~ " when 'orders' then profiles.orders"
                ~ " when 'days_since_joining' then profiles.days_since_joining"
                ~ " when 'days_since_return' then profiles.days_since_return"
                ~ " else profiles.days_since_last_order end",
                'statuses'
            ) }}

),

classified as (

    select
        ruled.customer_id,
        ruled.happened_on,
        matched.activity_status

    from ruled

    left join matched
        on
            ruled.ruled_on = matched.ruled_on
            and ruled.orders = matched.orders
            and ruled.days_since_joining = matched.days_since_joining
            and ruled.days_since_return = matched.days_since_return
            and ruled.days_since_last_order = matched.days_since_last_order
            and matched.match_rank = 1

),

spans as (

    {{ stays_of('classified', day='happened_on', dimensions=['activity_status']) }}

)

select * from spans

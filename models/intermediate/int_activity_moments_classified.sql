-- What did each customer's activity become on each day on which it may have changed?

with

moments as (

    select
        customer_id,
        orders,
        days_since_joining,
        days_since_return,
        days_since_last_order,
        ruled_on,
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

profiles as (

    select distinct
        orders,
        days_since_joining,
        days_since_return,
        days_since_last_order,
        ruled_on

    from moments

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
            moments.ruled_on = matched.ruled_on
            and moments.orders = matched.orders
            and moments.days_since_joining = matched.days_since_joining
            and moments.days_since_return = matched.days_since_return
            and moments.days_since_last_order = matched.days_since_last_order
            and matched.match_rank = 1

)

select * from classified

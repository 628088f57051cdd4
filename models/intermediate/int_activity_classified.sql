-- How alive is each customer on each date: just come, back, buying, or gone quiet?

{{ kept_between_runs('int_facts_digested') }}

with

observed as (

    select
        customer_id,
        observed_on,
        orders,
        days_since_joining,
        days_since_return,
        days_since_last_order

    from {{ ref('int_customers_observed') }}

    where {{ is_open('observed_on') }}

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
        observed_on

    from {{ ref('int_bands_in_force') }}

    where dimension = 'activity_status'

),

profiles as (

    select distinct
        observed_on,
        least(orders, 1) as orders,
        coalesce(days_since_joining, -1) as days_since_joining,
        coalesce(days_since_return, -1) as days_since_return,
        coalesce(days_since_last_order, -1) as days_since_last_order

    from observed

),

matched as (

    select
        profiles.observed_on,
        profiles.orders,
        profiles.days_since_joining,
        profiles.days_since_return,
        profiles.days_since_last_order,
        statuses.category as activity_status,
        row_number() over (
            partition by
                profiles.observed_on,
                profiles.orders,
                profiles.days_since_joining,
                profiles.days_since_return,
                profiles.days_since_last_order
            order by statuses.precedence
        ) as match_rank

    from profiles

    inner join statuses
        on
            profiles.observed_on = statuses.observed_on
            and {{ measure_falls_in('profiles', 'statuses', [
                'orders',
                'days_since_joining',
                'days_since_return',
                'days_since_last_order',
            ]) }}

),

classified as (

    select
        observed.customer_id,
        observed.observed_on,
        observed.days_since_joining,
        observed.days_since_return,
        observed.days_since_last_order,
        matched.activity_status,
        matched.activity_status in ('new', 'reactivated', 'active') as is_current

    from observed

    left join matched
        on
            observed.observed_on = matched.observed_on
            and least(observed.orders, 1) = matched.orders
            and coalesce(observed.days_since_joining, -1) = matched.days_since_joining
            and coalesce(observed.days_since_return, -1) = matched.days_since_return
            and coalesce(observed.days_since_last_order, -1)
            = matched.days_since_last_order
            and matched.match_rank = 1

)

select * from classified

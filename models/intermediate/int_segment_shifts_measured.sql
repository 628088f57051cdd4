-- How many of each segment stayed since the look before, and how far did it move?

with

today as (

    select
        observed_on,
        previous_observed_on

    from {{ ref('int_observation_dates') }}

    where is_as_of

),

counts as (

    select
        category as segment,
        customers,
        customers_left,
        observed_on

    from {{ ref('int_categories_counted') }}

    where dimension = 'segment'

),

compared as (

    -- half a customer more on either date, as in segment_stability
    select
        latest.segment,
        latest.customers_left,
        earlier.customers as previous_customers,
        (latest.customers + cast(5e-1 as double))
        / sum(latest.customers + cast(5e-1 as double)) over () as latest_share,
        (earlier.customers + cast(5e-1 as double))
        / sum(earlier.customers + cast(5e-1 as double)) over () as earlier_share

    from today

    inner join counts as latest
        on today.observed_on = latest.observed_on

    left join counts as earlier
        on
            today.previous_observed_on = earlier.observed_on
            and latest.segment = earlier.segment

),

measured as (

    select
        segment,
        {{ share_of('previous_customers - customers_left', 'previous_customers') }}
            as stayed_share,
        {{ round_to_9_digits(
            '(latest_share - earlier_share) * ln(latest_share / earlier_share)'
        ) }} as stability_index

    from compared

)

select * from measured

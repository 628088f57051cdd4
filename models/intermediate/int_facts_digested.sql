-- What was known on each date, in one word that changes when anything of it does?

-- The digests of a run are compared with those of the run before: from the first date
-- on that differs, what was said is said anew (macros/keeping).

with

clock as (

    select
        observed_on,
        previous_observed_on,
        is_as_of

    from {{ ref('int_observation_dates') }}

),

ledger as (

    -- every column there is: none can be added and forgotten here
    select * from {{ ref('int_customer_days') }}

),

undone as (

    -- nothing is known of it before that day, and so it is no part of the day undone
    select
        customer_id,
        posted_on,
        voided_on

    from {{ ref('int_customer_days') }}

    where voided_on is not null

),

customers as (

    select
        customer_id,
        is_guest,
        is_staff_or_reseller,
        exists_from

    from {{ ref('int_customers') }}

),

bands as (

    -- under rules of their day, or today's: today may be the day a rule changes
    select * from {{ ref('int_bands_in_force') }}

),

facts as (

    {{ row_digests(
        'ledger',
        day='posted_on',
        without=['voided_on', 'is_standing_purchase_day', 'previous_purchased_on']
    ) }}

    union all

    {{ row_digests('undone', day='voided_on') }}

    union all

    {{ row_digests('customers', day='exists_from') }}

),

daily as (

    select
        day,
        sum(digest) as digest

    from facts

    group by day

),

accumulated as (

    select
        clock.observed_on,
        clock.previous_observed_on,
        clock.is_as_of,
        coalesce(sum(daily.digest), 0) as digest

    from clock

    left join daily
        on clock.observed_on >= daily.day

    group by
        clock.observed_on,
        clock.previous_observed_on,
        clock.is_as_of

),

band_digests as (

    {{ row_digests('bands', day='observed_on') }}

),

rules as (

    select
        day,
        sum(digest) as digest

    from band_digests

    group by day

),

digested as (

    select
        accumulated.observed_on,
        accumulated.is_as_of,
        concat_ws(
            ' ',
            cast(accumulated.digest as string),
            cast(rules.digest as string),
            cast(accumulated.previous_observed_on as string)
        ) as digest

    from accumulated

    left join rules
        on accumulated.observed_on = rules.day

)

select * from digested

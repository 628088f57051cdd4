-- Every summary is the same customers and the same money, cut another way: each adds up
-- to the base of the date, to the cent.

with

looks as (

    -- what was booked up to the date, and by the look before
    select
        observed_on,
        count(*) as customers,
        sum(net_revenue_365d) as net_revenue_365d,
        sum(net_revenue) as net_revenue

    from {{ ref('int_customers_observed') }}

    group by observed_on

),

base as (

    select
        observed_on,
        customers,
        net_revenue_365d,
        net_revenue - lag(net_revenue, 1, 0) over (order by observed_on)
            as net_revenue_in_month

    from looks

),

totals as (

    select
        'segment_summary' as summary_name,
        observed_on,
        sum(customers) as customers,
        sum(net_revenue_365d) as net_revenue_365d,
        sum(net_revenue_in_month) as net_revenue_in_month

    from {{ ref('segment_summary') }}

    group by observed_on

    union all

    select
        concat('category_summary of ', dimension) as summary_name,
        observed_on,
        sum(customers) as customers,
        null as net_revenue_365d,
        null as net_revenue_in_month

    from {{ ref('category_summary') }}

    group by
        dimension,
        observed_on

    union all

    select
        concat('segment_flows of ', dimension) as summary_name,
        observed_on,
        sum(customers) as customers,
        null as net_revenue_365d,
        null as net_revenue_in_month

    from {{ ref('segment_flows') }}

    group by
        dimension,
        observed_on

    union all

    select
        concat('segment_stability of ', dimension) as summary_name,
        observed_on,
        customers,
        null as net_revenue_365d,
        null as net_revenue_in_month

    from {{ ref('segment_stability') }}

    union all

    select
        'cohort_retention' as summary_name,
        observed_on,
        sum(customers) as customers,
        null as net_revenue_365d,
        sum(net_revenue_in_month) as net_revenue_in_month

    from {{ ref('cohort_retention') }}

    group by observed_on

    union all

    select
        'conversion' as summary_name,
        observed_on,
        sum(customers_reached) as customers,
        null as net_revenue_365d,
        null as net_revenue_in_month

    from {{ ref('conversion') }}

    where lifecycle_stage = 'prospect'

    group by observed_on

    union all

    select
        'revenue_concentration' as summary_name,
        observed_on,
        null as customers,
        net_revenue_365d,
        null as net_revenue_in_month

    from {{ ref('revenue_concentration') }}

    where top_percent = 100

),

summaries as (

    select distinct summary_name
    from totals

),

compared as (

    select
        summaries.summary_name,
        base.observed_on,
        base.customers,
        totals.customers as customers_in_summary,
        base.net_revenue_365d,
        totals.net_revenue_365d as net_revenue_365d_in_summary,
        base.net_revenue_in_month,
        totals.net_revenue_in_month as net_revenue_in_month_in_summary

    from base

    cross join summaries

    left join totals
        on
            base.observed_on = totals.observed_on
            and summaries.summary_name = totals.summary_name

)

select * from compared

-- conversion is about today only, and a date without revenue has no curve
where
    customers <> customers_in_summary
    or net_revenue_365d <> net_revenue_365d_in_summary
    or net_revenue_in_month <> net_revenue_in_month_in_summary
    or (
        customers_in_summary is null
        and summary_name not in ('conversion', 'revenue_concentration')
    )

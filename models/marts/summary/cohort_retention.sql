-- Of those who first bought in a month, how many still buy, and what do they bring?

with

clock as (

    select
        observed_on,
        previous_observed_on

    from {{ ref('int_observation_dates') }}

),

answers as (

    select
        observed_on,
        net_revenue,
        net_revenue_in_month,
        first_ordered_on,
        last_ordered_on

    from {{ ref('int_answers_gathered') }}

),

cohorts as (

    select
        answers.net_revenue,
        answers.net_revenue_in_month,
        answers.observed_on,
        cast(date_trunc('month', answers.first_ordered_on) as date) as cohort_month,
        coalesce(
            answers.last_ordered_on > clock.previous_observed_on,
            answers.last_ordered_on is not null
        ) as is_buying

    from answers

    inner join clock
        on answers.observed_on = clock.observed_on

),

counted as (

    select
        cohort_month,
        observed_on,
        cast(sum(case when is_buying then 1 else 0 end) as bigint) as customers_buying,
        cast(sum(net_revenue) as decimal(18, 2)) as net_revenue,
        cast(sum(net_revenue_in_month) as decimal(18, 2)) as net_revenue_in_month,
        count(*) as customers

    from cohorts

    group by
        cohort_month,
        observed_on

),

aged as (

    select
        cohort_month,
        customers,
        customers_buying,
        net_revenue,
        net_revenue_in_month,
        observed_on,
        {{ months_between('cohort_month', 'observed_on') }} as months_since_first_order

    from counted

),

retained as (

    select
        cohort_month,
        months_since_first_order,
        customers,
        customers_buying,
        net_revenue,
        net_revenue_in_month,
        observed_on,
        {{ share_of('customers_buying', 'customers') }} as customers_buying_share,
        {{ share_of(
            'net_revenue_in_month',
            'max(case when months_since_first_order = 0 then net_revenue_in_month end)'
            ~ ' over (partition by cohort_month)'
        ) }} as share_of_first_month

    from aged

)

select * from retained

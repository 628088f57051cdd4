-- How big is each segment, what does it bring, and how is it growing, month by month?

with

clock as (

    select observed_on
    from {{ ref('int_observation_dates') }}

),

segments as (

    select
        category as segment,
        category_rank,
        label_en,
        label_zh

    from {{ ref('categories') }}

    where dimension = 'segment'

),

answers as (

    select
        segment,
        churn_probability,
        predicted_revenue_365d,
        net_revenue_in_month,
        net_revenue_365d,
        observed_on

    from {{ ref('int_answers_gathered') }}

),

opinions as (

    select
        segment,
        observed_on,
        sum(answers) as satisfaction_answers,
        sum(case when category = 'satisfied' then answers else 0 end)
            as satisfied_answers

    from {{ ref('segment_feedback') }}

    where dimension = 'satisfaction'

    group by
        segment,
        observed_on

),

measured as (

    select
        segment,
        count(*) as customers,
        sum(net_revenue_in_month) as net_revenue_in_month,
        sum(net_revenue_365d) as net_revenue_365d,
        {{ mean_of('churn_probability') }} as mean_churn_probability,
        sum(predicted_revenue_365d) as predicted_revenue_365d,
        count(predicted_revenue_365d) as customers_predicted,
        observed_on

    from answers

    group by
        segment,
        observed_on

),

filled as (

    -- a segment that nobody is in has a row too
    select
        segments.segment,
        segments.category_rank,
        segments.label_en,
        segments.label_zh,
        cast(coalesce(measured.customers, 0) as bigint) as customers,
        cast(coalesce(measured.net_revenue_in_month, 0) as decimal(18, 2))
            as net_revenue_in_month,
        cast(coalesce(measured.net_revenue_365d, 0) as decimal(18, 2))
            as net_revenue_365d,
        measured.mean_churn_probability,
        cast(measured.predicted_revenue_365d as decimal(18, 2))
            as predicted_revenue_365d,
        measured.customers_predicted,
        cast(coalesce(opinions.satisfaction_answers, 0) as bigint)
            as satisfaction_answers,
        opinions.satisfied_answers,
        clock.observed_on

    from clock

    cross join segments

    left join measured
        on
            clock.observed_on = measured.observed_on
            and segments.segment = measured.segment

    left join opinions
        on
            clock.observed_on = opinions.observed_on
            and segments.segment = opinions.segment

),

compared as (

    select
        segment,
        label_en,
        label_zh,
        category_rank,
        customers,
        net_revenue_in_month,
        net_revenue_365d,
        mean_churn_probability,
        predicted_revenue_365d,
        customers_predicted,
        satisfaction_answers,
        satisfied_answers,
        observed_on,
        sum(customers) over (partition by observed_on) as all_customers,
        sum(net_revenue_365d) over (partition by observed_on) as all_net_revenue_365d,
        lag(customers) over (partition by segment order by observed_on)
            as previous_customers,
        lag(net_revenue_365d) over (partition by segment order by observed_on)
            as previous_net_revenue_365d

    from filled

),

summarised as (

    select
        segment,
        label_en as segment_label_en,
        label_zh as segment_label_zh,
        category_rank,
        customers,
        {{ share_of('customers', 'all_customers') }} as customers_share,
        {{ growth_of('customers', 'previous_customers') }} as customers_growth,
        net_revenue_in_month,
        net_revenue_365d,
        {{ share_of('net_revenue_365d', 'all_net_revenue_365d') }}
            as net_revenue_365d_share,
        {{ growth_of('net_revenue_365d', 'previous_net_revenue_365d') }}
            as net_revenue_365d_growth,
        mean_churn_probability,
        predicted_revenue_365d,
        {{ cents_of(share_of('predicted_revenue_365d', 'customers_predicted')) }}
            as mean_predicted_revenue_365d,
        satisfaction_answers,
        {{ share_of('satisfied_answers', 'satisfaction_answers') }} as satisfied_share,
        observed_on

    from compared

)

select * from summarised

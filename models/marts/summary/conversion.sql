-- Of those who came in a month, by a channel, how many became buyers, and loyal?

with

today as (

    select observed_on
    from {{ ref('int_observation_dates') }}

    where is_as_of

),

customers as (

    select
        customer_id,
        acquisition_channel,
        is_guest,
        exists_from

    from {{ ref('int_customers') }}

),

reached as (

    select
        customer_id,
        lifecycle_stage,
        stage_rank,
        reached_on

    from {{ ref('int_stages_reached') }}

),

categories as (

    select
        category,
        category_rank,
        label_en,
        label_zh

    from {{ ref('categories') }}

    where dimension = 'lifecycle_stage'

),

first_stage as (

    select min(category_rank) as category_rank
    from categories

),

joined as (

    select
        reached.lifecycle_stage,
        reached.stage_rank,
        cast(date_trunc('month', customers.exists_from) as date) as cohort_month,
        coalesce(
            customers.acquisition_channel,
            case when customers.is_guest then 'guest' else 'unknown' end
        ) as acquisition_channel,
        {{ days_between('customers.exists_from', 'reached.reached_on') }}
            as days_to_reach

    from reached

    inner join customers
        on reached.customer_id = customers.customer_id

),

counted as (

    select
        cohort_month,
        acquisition_channel,
        lifecycle_stage,
        stage_rank,
        count(*) as customers_reached,
        percentile_cont(0.5) within group (order by days_to_reach)
            as median_days_to_reach

    from joined

    group by
        cohort_month,
        acquisition_channel,
        lifecycle_stage,
        stage_rank

),

funnels as (

    -- a stage that nobody of a cohort has come to has a row too
    select
        funnel_tops.cohort_month,
        funnel_tops.acquisition_channel,
        categories.category as lifecycle_stage,
        categories.category_rank as stage_rank,
        categories.label_en,
        categories.label_zh,
        funnel_tops.customers_reached as customers

    from counted as funnel_tops

    inner join first_stage
        on funnel_tops.stage_rank = first_stage.category_rank

    cross join categories

),

filled as (

    select
        funnels.cohort_month,
        funnels.acquisition_channel,
        funnels.lifecycle_stage,
        funnels.label_en as lifecycle_stage_label_en,
        funnels.label_zh as lifecycle_stage_label_zh,
        funnels.stage_rank,
        funnels.customers,
        counted.median_days_to_reach,
        coalesce(counted.customers_reached, 0) as customers_reached

    from funnels

    left join counted
        on
            funnels.cohort_month is not distinct from counted.cohort_month
            and funnels.acquisition_channel = counted.acquisition_channel
            and funnels.lifecycle_stage = counted.lifecycle_stage

),

converted as (

    select
        filled.cohort_month,
        filled.acquisition_channel,
        filled.lifecycle_stage,
        filled.lifecycle_stage_label_en,
        filled.lifecycle_stage_label_zh,
        filled.stage_rank,
        filled.customers,
        filled.customers_reached,
        today.observed_on,
        cast(filled.median_days_to_reach as double) as median_days_to_reach,
        {{ share_of('filled.customers_reached', 'filled.customers') }} as reached_share,
        {{ share_of(
            'filled.customers_reached',
            'lag(filled.customers_reached) over ('
            ~ 'partition by filled.cohort_month, filled.acquisition_channel '
            ~ 'order by filled.stage_rank)'
        ) }} as step_share

    from filled

    cross join today

)

select * from converted

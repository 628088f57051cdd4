-- How much of the revenue do the best customers bring: is it 80 by 20?

{{ kept_between_runs('int_premises_digested') }}

with

answers as (

    select
        net_revenue_365d,
        observed_on

    from {{ ref('int_answers_gathered') }}

    where net_revenue_365d > 0 and {{ is_open('observed_on') }}

),

placed as (

    -- who stands where among equals makes no difference to the sums
    select
        net_revenue_365d,
        observed_on,
        row_number() over (
            partition by observed_on order by net_revenue_365d desc nulls last
        ) as place,
        count(*) over (partition by observed_on) as all_customers

    from answers

),

counted as (

    select
        observed_on,
        cast(ceil(100 * place / cast(all_customers as double)) as int) as top_percent,
        count(*) as customers,
        sum(net_revenue_365d) as net_revenue_365d

    from placed

    group by
        observed_on,
        cast(ceil(100 * place / cast(all_customers as double)) as int)

),

accumulated as (

    select
        top_percent,
        observed_on,
        cast(sum(customers) over down_to_here as bigint) as customers,
        cast(sum(net_revenue_365d) over down_to_here as decimal(18, 2))
            as net_revenue_365d,
        sum(net_revenue_365d) over (partition by observed_on) as all_net_revenue_365d

    from counted

    window
        down_to_here as (partition by observed_on order by top_percent)

),

concentrated as (

    select
        top_percent,
        customers,
        net_revenue_365d,
        observed_on,
        {{ share_of('net_revenue_365d', 'all_net_revenue_365d') }}
            as net_revenue_365d_share

    from accumulated

)

select * from concentrated

-- How many days usually pass between two purchases of a customer, on each date?

{{ kept_between_runs('int_facts_digested') }}

with

observed as (

    select
        observed_on,
        purchase_days,
        days_since_first_order,
        days_since_last_order

    from {{ ref('int_customers_observed') }}

    where purchase_days > 1 and not is_excluded and {{ is_open('observed_on') }}

),

gaps as (

    select
        observed_on,
        cast(days_since_first_order - days_since_last_order as double)
        / (purchase_days - 1) as mean_gap_days

    from observed

),

summarised as (

    -- each customer counts once: of all gaps alike, the frequent buyers' would be most
    select
        observed_on,
        count(*) as repeat_buyers,
        {{ round_to_9_digits(
            'percentile_cont(0.5) within group (order by mean_gap_days)'
        ) }} as median_gap_days

    from gaps

    group by observed_on

)

select * from summarised

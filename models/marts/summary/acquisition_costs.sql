-- What did each channel's new customers cost, month by month, and are they worth it?

with

today as (

    select observed_on
    from {{ ref('int_observation_dates') }}

    where is_as_of

),

spends as (

    select
        acquisition_channel,
        spend,
        spent_on

    from {{ ref('stg_marketing_spend') }}

),

customers as (

    select
        customer_id,
        acquisition_channel,
        acquisition_cost

    from {{ ref('int_customers') }}

),

observed as (

    select
        customer_id,
        first_ordered_on

    from {{ ref('int_customers_observed') }}

    where is_as_of and purchase_days > 0 and not is_excluded

),

predictions as (

    select
        customer_id,
        clv_12m

    from {{ ref('int_customer_value_predicted') }}

    where {{ is_today('observed_on') }}

),

acquired as (

    -- with the first order, whenever the account was opened
    select
        cast(date_trunc('month', observed.first_ordered_on) as date) as cohort_month,
        cast(count(*) as bigint) as customers_acquired,
        coalesce(customers.acquisition_channel, 'unknown') as acquisition_channel,
        sum(customers.acquisition_cost) as customers_cost,
        count(customers.acquisition_cost) as customers_costed,
        sum(predictions.clv_12m) as clv_12m_sum,
        count(predictions.clv_12m) as customers_predicted

    from observed

    inner join customers
        on observed.customer_id = customers.customer_id

    left join predictions
        on observed.customer_id = predictions.customer_id

    group by
        coalesce(customers.acquisition_channel, 'unknown'),
        cast(date_trunc('month', observed.first_ordered_on) as date)

),

spent as (

    select
        spends.acquisition_channel,
        cast(date_trunc('month', spends.spent_on) as date) as cohort_month,
        sum(spends.spend) as marketing_spend

    from spends

    inner join today
        on spends.spent_on <= today.observed_on

    group by
        spends.acquisition_channel,
        cast(date_trunc('month', spends.spent_on) as date)

),

combined as (

    select
        spent.marketing_spend,
        acquired.customers_cost,
        acquired.customers_costed,
        acquired.clv_12m_sum,
        acquired.customers_predicted,
        coalesce(acquired.acquisition_channel, spent.acquisition_channel)
            as acquisition_channel,
        coalesce(acquired.cohort_month, spent.cohort_month) as cohort_month,
        coalesce(acquired.customers_acquired, 0) as customers_acquired

    from acquired

    full outer join spent
        on
            acquired.acquisition_channel = spent.acquisition_channel
            and acquired.cohort_month = spent.cohort_month

),

priced as (

    -- costs booked on customers are shares of the same spending: never the sum of both;
    -- alone they tell only of the customers they are known of
    select
        acquisition_channel,
        cohort_month,
        customers_acquired,
        marketing_spend,
        customers_cost,
        coalesce(marketing_spend, customers_cost) as spend,
        coalesce(
            cast(marketing_spend as double) / nullif(customers_acquired, 0),
            cast(customers_cost as double) / nullif(customers_costed, 0)
        ) as exact_cac,
        cast(clv_12m_sum as double) / nullif(customers_predicted, 0) as exact_clv_12m

    from combined

),

costed as (

    select
        acquisition_channel,
        cohort_month,
        customers_acquired,
        cast(marketing_spend as decimal(18, 2)) as marketing_spend,
        cast(customers_cost as decimal(18, 2)) as customers_cost,
        cast(spend as decimal(18, 2)) as spend,
        {{ cents_of('exact_cac') }} as cac,
        {{ cents_of('exact_clv_12m') }} as mean_clv_12m,
        {{ round_to_9_digits('exact_clv_12m / nullif(exact_cac, 0)') }} as clv_to_cac

    from priced

)

select * from costed

-- Channels and months are cut from one pot: together they are every customer acquired
-- and all that was spent, to the cent.

with

costs as (

    select
        coalesce(sum(customers_acquired), 0) as customers,
        coalesce(sum(marketing_spend), 0) as spend

    from {{ ref('acquisition_costs') }}

),

today as (

    select observed_on
    from {{ ref('int_observation_dates') }}

    where is_as_of

),

marketing as (

    select
        spend,
        spent_on

    from {{ ref('stg_marketing_spend') }}

),

spent as (

    select coalesce(sum(marketing.spend), 0) as spend

    from marketing

    inner join today
        on marketing.spent_on <= today.observed_on

),

acquired as (

    select count(*) as customers

    from {{ ref('int_customers_observed') }}

    where is_as_of and purchase_days > 0 and not is_excluded

),

differences as (

    select
        costs.customers - acquired.customers as customers,
        costs.spend - spent.spend as spend

    from costs

    cross join acquired

    cross join spent

    where costs.customers <> acquired.customers or costs.spend <> spent.spend

)

select * from differences

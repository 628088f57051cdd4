-- Advice on thresholds is only as good as the gaps it is read from: counted again from
-- the orders themselves, there are as many of each length.

with

orders as (

    select distinct
        customer_id,
        ordered_on

    from {{ ref('int_orders_valued') }}

    where voided_on is null and not is_free

),

customers as (

    select customer_id
    from {{ ref('int_customers') }}

    where not is_guest and not is_staff_or_reseller

),

today as (

    select observed_on
    from {{ ref('int_observation_dates') }}

    where is_as_of

),

pauses as (

    select
        orders.customer_id,
        {{ days_between(
            'lag(orders.ordered_on) over ('
            ~ 'partition by orders.customer_id order by orders.ordered_on)',
            'orders.ordered_on'
        ) }} as gap_days

    from orders

    inner join customers
        on orders.customer_id = customers.customer_id

    inner join today
        on orders.ordered_on <= today.observed_on

),

recounted as (

    select
        gap_days,
        count(*) as gaps

    from pauses

    where gap_days is not null

    group by gap_days

),

curve as (

    select
        gap_days,
        gaps

    from {{ ref('purchase_gap_curve') }}

),

wrong as (

    select
        recounted.gap_days,
        recounted.gaps,
        curve.gap_days as curve_gap_days,
        curve.gaps as curve_gaps

    from recounted

    full outer join curve
        on recounted.gap_days = curve.gap_days

    where recounted.gaps is distinct from curve.gaps

)

select * from wrong

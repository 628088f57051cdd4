-- How often did each customer need help or give something back, in 365 days?

with

observed as (

    select
        customer_id,
        orders_365d,
        observed_on

    from {{ ref('int_customers_observed') }}

    where is_as_of

),

tickets as (

    select
        ticket_id,
        raw_customer_id,
        opened_on

    from {{ ref('stg_tickets') }}

),

identified as (

    select
        raw_customer_id,
        customer_id

    from {{ ref('int_customers_identified') }}

),

orders as (

    select
        order_id,
        customer_id,
        ordered_on

    from {{ ref('int_orders_valued') }}

    where not is_free

),

returned as (

    select
        order_id,
        min(refunded_on) as returned_on

    from {{ ref('int_refunds_capped') }}

    where counted_amount > 0

    group by order_id

),

opened as (

    select
        observed.customer_id,
        count(*) as tickets_365d

    from tickets

    inner join identified
        on tickets.raw_customer_id = identified.raw_customer_id

    inner join observed
        on
            identified.customer_id = observed.customer_id
            and tickets.opened_on <= observed.observed_on
            and {{ days_between('tickets.opened_on', 'observed.observed_on') }} <= 365

    group by observed.customer_id

),

sold as (

    -- all that was bought, whether it stands or was given back since
    select
        observed.customer_id,
        count(*) as sold_orders_365d,
        count(
            case when returned.returned_on <= observed.observed_on then 1 end
        ) as returned_orders_365d

    from orders

    inner join observed
        on
            orders.customer_id = observed.customer_id
            and orders.ordered_on <= observed.observed_on
            and {{ days_between('orders.ordered_on', 'observed.observed_on') }} <= 365

    left join returned
        on orders.order_id = returned.order_id

    group by observed.customer_id

),

counted as (

    select
        observed.customer_id,
        coalesce(opened.tickets_365d, 0) as tickets_365d,
        coalesce(sold.returned_orders_365d, 0) as returned_orders_365d,
        {{ share_of('coalesce(opened.tickets_365d, 0)', 'observed.orders_365d') }}
            as tickets_per_order,
        {{ share_of('sold.returned_orders_365d', 'sold.sold_orders_365d') }}
            as returned_order_share

    from observed

    left join opened
        on observed.customer_id = opened.customer_id

    left join sold
        on observed.customer_id = sold.customer_id

)

select * from counted

-- What, in each customer's own numbers, may speak for not coming back, as of today?

with

observed as (

    select
        customer_id,
        observed_on,
        purchase_days,
        first_ordered_on,
        last_ordered_on,
        days_since_last_order,
        days_since_first_order - days_since_last_order as days_to_last_order

    from {{ ref('int_customers_observed') }}

    where is_as_of and purchase_days > 0

),

gaps as (

    select
        observed_on,
        median_gap_days

    from {{ ref('int_purchase_gaps_summarised') }}

),

today as (

    select observed_on
    from {{ ref('int_observation_dates') }}

    where is_as_of

),

events as (

    select
        order_id,
        customer_id,
        event_kind,
        orders_change,
        net_revenue_change,
        ordered_on,
        posted_on

    from {{ ref('int_order_events') }}

),

refunds as (

    select
        order_id,
        counted_amount,
        refunded_on

    from {{ ref('int_refunds_capped') }}

),

tickets as (

    select
        raw_customer_id,
        ticket_type,
        opened_on,
        closed_on

    from {{ ref('stg_tickets') }}

),

ticket_types as (

    select
        raw_ticket_type,
        ticket_kind

    from {{ ref('ticket_types') }}

),

identified as (

    select
        raw_customer_id,
        customer_id

    from {{ ref('int_customers_identified') }}

),

aged as (

    select
        events.order_id,
        events.customer_id,
        events.event_kind,
        events.orders_change,
        events.net_revenue_change,
        {{ days_between('events.ordered_on', 'today.observed_on') }} as days_since

    from events

    inner join today
        on events.posted_on <= today.observed_on

),

compared as (

    -- "within 180 days" holds 181 dates, and so do the 180 days before
    select
        customer_id,
        cast(sum(case when days_since <= 180 then orders_change else 0 end) as bigint)
            as orders_180d,
        cast(sum(case when days_since > 180 then orders_change else 0 end) as bigint)
            as previous_orders_180d,
        cast(
            sum(case when days_since <= 180 then net_revenue_change else 0 end)
            as decimal(18, 2)
        ) as net_revenue_180d,
        cast(
            sum(case when days_since > 180 then net_revenue_change else 0 end)
            as decimal(18, 2)
        ) as previous_net_revenue_180d

    from aged

    where days_since <= 361

    group by customer_id

),

sold as (

    select
        order_id,
        customer_id,
        net_revenue_change as sold_amount

    from aged

    where event_kind = 'sold' and days_since <= 365

),

given_back as (

    select
        refunds.order_id,
        sum(refunds.counted_amount) as refunded_amount

    from refunds

    inner join today
        on refunds.refunded_on <= today.observed_on

    group by refunds.order_id

),

returned as (

    select
        sold.customer_id,
        cast(coalesce(sum(given_back.refunded_amount), 0) as double)
        / nullif(cast(sum(sold.sold_amount) as double), 0) as refund_share

    from sold

    left join given_back
        on sold.order_id = given_back.order_id

    group by sold.customer_id

),

complaints as (

    select
        identified.customer_id,
        count(*) as open_complaints,
        min(tickets.opened_on) as complaint_on

    from tickets

    inner join ticket_types
        on
            tickets.ticket_type = ticket_types.raw_ticket_type
            and ticket_types.ticket_kind = 'complaint'

    inner join identified
        on tickets.raw_customer_id = identified.raw_customer_id

    inner join today
        on
            tickets.opened_on <= today.observed_on
            and coalesce(tickets.closed_on > today.observed_on, true)

    group by identified.customer_id

),

expected as (

    select
        observed.customer_id,
        observed.observed_on,
        observed.purchase_days,
        observed.first_ordered_on,
        observed.last_ordered_on,
        observed.days_since_last_order,
        {{ expected_gap_days(
            '(observed.purchase_days - 1)',
            'observed.days_to_last_order',
            'gaps.median_gap_days'
        ) }} as expected_gap_days

    from observed

    left join gaps
        on observed.observed_on = gaps.observed_on

),

gathered as (

    select
        expected.customer_id,
        expected.observed_on,
        expected.purchase_days,
        expected.first_ordered_on,
        expected.days_since_last_order,
        expected.expected_gap_days,
        {{ add_days('expected.last_ordered_on', 'expected.expected_gap_days') }}
            as expected_next_order_on,
        {{ round_to_9_digits(
            'expected.days_since_last_order / cast(expected.expected_gap_days as double)'
        ) }} as overdue_ratio,
        coalesce(compared.orders_180d, 0) as orders_180d,
        coalesce(compared.previous_orders_180d, 0) as previous_orders_180d,
        {{ round_to_9_digits(
            'compared.orders_180d / nullif(cast(compared.previous_orders_180d as double), 0)'
        ) }} as orders_ratio,
        coalesce(compared.net_revenue_180d, 0) as net_revenue_180d,
        coalesce(compared.previous_net_revenue_180d, 0) as previous_net_revenue_180d,
        case
            when compared.previous_net_revenue_180d > 0
                then {{ round_to_9_digits(
                    'cast(compared.net_revenue_180d as double)'
                    ~ ' / cast(compared.previous_net_revenue_180d as double)'
                ) }}
        end as spend_ratio,
        {{ round_to_9_digits('returned.refund_share') }} as refund_share,
        coalesce(complaints.open_complaints, 0) as open_complaints,
        complaints.complaint_on

    from expected

    left join compared
        on expected.customer_id = compared.customer_id

    left join returned
        on expected.customer_id = returned.customer_id

    left join complaints
        on expected.customer_id = complaints.customer_id

)

select * from gathered

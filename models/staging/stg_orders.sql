-- Which orders were placed, on which day, and what were they worth in one currency?

with

accepted as (

    select
        order_id,
        raw_customer_id,
        email,
        raw_channel,
        status_kind,
        exchange_rate,
        cast(
            {{ to_cents('gross_amount * exchange_rate') }} as decimal(18, 2)
        ) as gross_amount,
        cast(
            {{ to_cents('coalesce(discount_amount, 0) * exchange_rate') }} as decimal(
                18, 2
            )
        ) as discount_amount,
        is_test,
        ordered_on,
        cancelled_on,
        loaded_on,
        ordered_at

    from {{ ref('base_orders') }}

    where reject_reasons = ''

)

select * from accepted

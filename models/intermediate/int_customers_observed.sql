-- What was known of each customer on each date?

-- A run goes on from the last date whose rows it keeps: what they say is carried as
-- one posting. Where a purchase of then was undone later, all is posted again.

{{ kept_between_runs('int_facts_digested') }}

{% set totals = {
    'orders': 'bigint', 'free_orders': 'bigint', 'orders_90d': 'bigint',
    'orders_180d': 'bigint', 'orders_365d': 'bigint', 'online_orders_365d': 'bigint',
    'offline_orders_365d': 'bigint', 'discounted_orders_365d': 'bigint',
    'net_revenue': 'decimal(18, 2)', 'net_revenue_365d': 'decimal(18, 2)',
    'gross_margin': 'decimal(28, 8)', 'gross_margin_365d': 'decimal(28, 8)'
} -%}

with

customers as (

    select
        customer_id,
        is_guest,
        is_staff_or_reseller,
        exists_from

    from {{ ref('int_customers') }}

),

clock as (

    select
        observed_on,
        is_as_of

    from {{ ref('int_observation_dates') }}

    where {{ is_open('observed_on') }}

),

looks as (

    -- what was posted before the first open date counts there as one posting
    select
        happened_on,
        greatest(observed_on, (select min(clock.observed_on) from clock)) as observed_on

    from {{ ref('int_days_looked') }}

),

recounted as (

    select
        customer_id,
        observed_on,
        purchase_days,
        first_ordered_on,
        last_ordered_on,
        returned_on

    from {{ ref('int_purchases_recounted') }}

),

{% if is_incremental() -%}
    revised as (

        -- who had a purchase on the last closed date that was undone later
        select customer_id
        from recounted

        where observed_on = ({{ last_closed_date() }})

    ),
{%- endif %}

ledger as (

    select
        customer_id,
        posted_on,
        {%- for total in totals %}
            {{ total }}_change,
        {%- endfor %}
        is_standing_purchase_day,
        previous_purchased_on

    from {{ ref('int_days_posted') }}

    where
        {{ is_not_over('posted_on') }}
    {% if is_incremental() -%}
            or customer_id in (select revised.customer_id from revised)
    {%- endif %}

),

postings as (

    select
        customer_id,
        {%- for total in totals %}
            {{ total }}_change,
        {%- endfor %}
        posted_on,
        case when is_standing_purchase_day then 1 else 0 end as purchase_days_change,
        case when is_standing_purchase_day then posted_on end as first_purchased_on,
        case when is_standing_purchase_day then posted_on end as last_purchased_on,
        case
            when
                is_standing_purchase_day
                and {{ days_between('previous_purchased_on', 'posted_on') }}
                > {{ var('reactivation_gap_days') }}
                then posted_on
        end as returned_on

    from ledger

    union all

    -- an account opens with nothing on it; one of unknown age, on the last date only
    select
        customers.customer_id,
        {%- for total, type in totals.items() %}
            cast({{ 'null' if 'margin' in total else 0 }} as {{ type }})
                as {{ total }}_change,
        {%- endfor %}
        coalesce(customers.exists_from, clock.observed_on) as posted_on,
        0 as purchase_days_change,
        cast(null as date) as first_purchased_on,
        cast(null as date) as last_purchased_on,
        cast(null as date) as returned_on

    from customers

    inner join clock
        on clock.is_as_of

    where
        {{ is_not_over('customers.exists_from') }}
    {% if is_incremental() -%}
            or customers.customer_id in (select revised.customer_id from revised)

        union all

        select
            customer_id,
            {%- for total in totals %}
                {{ total }} as {{ total }}_change,
            {%- endfor %}
            observed_on as posted_on,
            purchase_days as purchase_days_change,
            first_ordered_on as first_purchased_on,
            last_ordered_on as last_purchased_on,
            returned_on

        from {{ this }}

        where
            observed_on = ({{ last_closed_date() }})
            and customer_id not in (select revised.customer_id from revised)
    {%- endif %}

),

moved as (

    -- all that was posted since the last look
    select
        postings.customer_id,
        looks.observed_on,
        {%- for total in totals %}
            sum(postings.{{ total }}_change) as {{ total }}_change,
        {%- endfor %}
        sum(postings.purchase_days_change) as purchase_days_change,
        min(postings.first_purchased_on) as first_purchased_on,
        max(postings.last_purchased_on) as last_purchased_on,
        max(postings.returned_on) as returned_on

    from postings

    inner join looks
        on postings.posted_on = looks.happened_on

    group by
        postings.customer_id,
        looks.observed_on

),

balanced as (

    -- the running state, and how long it holds
    select
        customer_id,
        observed_on as holds_from,
        lead(observed_on) over by_customer as holds_until,
        {%- for total in totals %}
            sum({{ total }}_change) over by_customer as {{ total }},
        {%- endfor %}
        sum(purchase_days_change) over by_customer as purchase_days,
        min(first_purchased_on) over by_customer as first_ordered_on,
        max(last_purchased_on) over by_customer as last_ordered_on,
        max(returned_on) over by_customer as returned_on

    from moved

    window
        by_customer as (
            partition by customer_id
            order by observed_on
        )

),

observed as (

    select
        balanced.customer_id,
        clock.observed_on,
        clock.is_as_of,
        {%- for total in totals %}
            balanced.{{ total }},
        {%- endfor %}
        coalesce(recounted.purchase_days, balanced.purchase_days) as purchase_days,
        coalesce(recounted.first_ordered_on, balanced.first_ordered_on)
            as first_ordered_on,
        coalesce(recounted.last_ordered_on, balanced.last_ordered_on)
            as last_ordered_on,
        case
            when recounted.customer_id is not null then recounted.returned_on
            else balanced.returned_on
        end as returned_on

    from balanced

    inner join clock
        on
            balanced.holds_from <= clock.observed_on
            and (
                balanced.holds_until > clock.observed_on or balanced.holds_until is null
            )

    left join recounted
        on
            balanced.customer_id = recounted.customer_id
            and clock.observed_on = recounted.observed_on

),

described as (

    select
        observed.customer_id,
        {%- for total, type in totals.items() %}
            cast(observed.{{ total }} as {{ type }}) as {{ total }},
        {%- endfor %}
        cast(observed.purchase_days as bigint) as purchase_days,
        {{ days_between('observed.first_ordered_on', 'observed.observed_on') }}
            as days_since_first_order,
        case
            when {{ is_first_order_known('observed.first_ordered_on') }}
                then {{ days_between(
                    'observed.first_ordered_on', 'observed.observed_on'
                ) }}
        end as days_since_joining,
        {{ days_between('observed.last_ordered_on', 'observed.observed_on') }}
            as days_since_last_order,
        {{ days_between('observed.returned_on', 'observed.observed_on') }}
            as days_since_return,
        observed.is_as_of,
        customers.is_guest,
        customers.is_guest or customers.is_staff_or_reseller as is_excluded,
        observed.orders_365d > 0
        and observed.net_revenue_365d > 0
        and not (customers.is_guest or customers.is_staff_or_reseller) as is_ranked,
        observed.first_ordered_on,
        observed.last_ordered_on,
        observed.returned_on,
        observed.observed_on

    from observed

    inner join customers
        on observed.customer_id = customers.customer_id

)

select * from described

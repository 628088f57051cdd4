-- Who placed each order, guests and buyers known by e-mail alone included?

with

orders as (

    select
        order_id,
        raw_customer_id,
        raw_channel,
        status_kind,
        exchange_rate,
        gross_amount,
        discount_amount,
        is_test,
        ordered_on,
        cancelled_on,
        loaded_on,
        ordered_at,
        -- not a condition of the joins below: DuckDB would compare each order with each
        -- e-mail for it
        case when raw_customer_id is null then email end as buyer_email

    from {{ ref('stg_orders') }}

),

identified as (

    select
        raw_customer_id,
        customer_id,
        is_test

    from {{ ref('int_customers_identified') }}

),

accounts as (

    select
        raw_customer_id,
        email

    from {{ ref('stg_customers') }}

),

emails_ordered as (

    select
        email,
        order_id,
        ordered_at

    from {{ ref('stg_orders') }}

    where raw_customer_id is null and email is not null

),

account_emails as (

    -- the one customer behind an address that orders were placed with, where there is
    -- just one
    select
        accounts.email,
        case
            when min(identified.customer_id) = max(identified.customer_id)
                then min(identified.customer_id)
        end as customer_id,
        bool_and(identified.is_test) as is_test

    from accounts

    inner join identified
        on accounts.raw_customer_id = identified.raw_customer_id

    where accounts.email in (select emails_ordered.email from emails_ordered)

    group by accounts.email

),

ranked as (

    select
        email,
        order_id,
        row_number() over (
            partition by email
            order by ordered_at asc, order_id asc
        ) as standing

    from emails_ordered

),

email_buyers as (

    -- an address that no account has is a customer of its own, named after the first
    -- order: the name must not give the address away
    select
        email,
        {{ pseudonym("'buyer-' || order_id") }} as customer_id

    from ranked

    where standing = 1

),

resolved as (

    select
        orders.order_id,
        orders.raw_channel,
        orders.status_kind,
        orders.exchange_rate,
        orders.gross_amount,
        orders.discount_amount,
        orders.ordered_on,
        orders.cancelled_on,
        orders.loaded_on,
        orders.ordered_at,
        orders.is_test
        or coalesce(identified.is_test, account_emails.is_test, false) as is_test,
        coalesce(
            identified.customer_id,
            account_emails.customer_id,
            case when account_emails.email is null then email_buyers.customer_id end,
            {{ pseudonym("'guest-' || orders.order_id") }}
        ) as customer_id,
        identified.customer_id is null
        and account_emails.customer_id is null
        and (email_buyers.customer_id is null or account_emails.email is not null)
            as is_guest,
        identified.customer_id is null as has_no_customer_id

    from orders

    left join identified
        on orders.raw_customer_id = identified.raw_customer_id

    left join account_emails
        on orders.buyer_email = account_emails.email

    left join email_buyers
        on orders.buyer_email = email_buyers.email

)

select * from resolved

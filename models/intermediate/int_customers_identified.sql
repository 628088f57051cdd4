-- Which person or company is behind each raw customer id?

with

accounts as (

    select
        raw_customer_id,
        email,
        created_on,
        is_test

    from {{ ref('stg_customers') }}

),

crosswalk as (

    select
        raw_customer_id,
        customer_id

    from {{ ref('stg_customer_ids') }}

),

order_ids as (

    -- a test order makes nobody a customer
    select raw_customer_id
    from {{ ref('stg_orders') }}

    where not is_test

),

emails as (

    -- an address that too many accounts share is a placeholder, not a person
    select
        email,
        count(*) as account_count

    from accounts

    where email is not null

    group by email

    having count(*) <= {{ var('max_ids_per_email') }}

),

grouped_by_email as (

    select
        accounts.raw_customer_id,
        first_value(accounts.raw_customer_id) over (
            partition by accounts.email
            order by accounts.created_on asc nulls last, accounts.raw_customer_id asc
        ) as survivor_id

    from accounts

    inner join emails
        on accounts.email = emails.email

),

known as (

    select
        accounts.raw_customer_id,
        accounts.email,
        accounts.is_test,
        coalesce(
            own.customer_id,
            survivors.customer_id,
            grouped_by_email.survivor_id,
            accounts.raw_customer_id
        ) as customer_id

    from accounts

    left join grouped_by_email
        on accounts.raw_customer_id = grouped_by_email.raw_customer_id

    left join crosswalk as own
        on accounts.raw_customer_id = own.raw_customer_id

    left join crosswalk as survivors
        on grouped_by_email.survivor_id = survivors.raw_customer_id

),

inferred as (

    -- ordered under an id that no customer row has
    select
        order_ids.raw_customer_id,
        coalesce(
            min(crosswalk.customer_id),
            order_ids.raw_customer_id
        ) as customer_id

    from order_ids

    left join accounts
        on order_ids.raw_customer_id = accounts.raw_customer_id

    left join crosswalk
        on order_ids.raw_customer_id = crosswalk.raw_customer_id

    where order_ids.raw_customer_id is not null and accounts.raw_customer_id is null

    group by order_ids.raw_customer_id

),

identified as (

    select
        raw_customer_id,
        is_test,
        false as is_inferred,
        {{ pseudonym('customer_id') }} as customer_id

    from known

    union all

    select
        raw_customer_id,
        false as is_test,
        true as is_inferred,
        {{ pseudonym('customer_id') }} as customer_id

    from inferred

)

select * from identified

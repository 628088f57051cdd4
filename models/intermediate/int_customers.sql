-- Who are the customers, whatever the number of accounts of each?

with

accounts as (

    select
        raw_customer_id,
        email,
        customer_name,
        phone,
        raw_customer_type,
        raw_industry,
        raw_gender,
        raw_education,
        raw_occupation,
        raw_region,
        acquisition_channel,
        annual_income,
        acquisition_cost,
        has_marketing_consent,
        is_test,
        is_staff,
        is_reseller,
        born_on,
        created_on

    from {{ ref('stg_customers') }}

),

identified as (

    select
        raw_customer_id,
        customer_id,
        is_inferred,
        is_test

    from {{ ref('int_customers_identified') }}

),

first_orders as (

    select
        customer_id,
        bool_and(is_guest) as is_guest,
        min(ordered_on) as first_ordered_on

    from {{ ref('int_orders_valued') }}

    group by customer_id

),

ranked as (

    select
        identified.customer_id,
        identified.is_inferred,
        accounts.email,
        accounts.customer_name,
        accounts.phone,
        accounts.raw_customer_type,
        accounts.raw_industry,
        accounts.raw_gender,
        accounts.raw_education,
        accounts.raw_occupation,
        accounts.raw_region,
        accounts.acquisition_channel,
        accounts.annual_income,
        accounts.acquisition_cost,
        accounts.born_on,
        min(accounts.created_on)
            over (partition by identified.customer_id)
            as created_on,
        coalesce(
            bool_or(accounts.is_staff or accounts.is_reseller)
                over (partition by identified.customer_id),
            false
        ) as is_staff_or_reseller,
        bool_and(accounts.has_marketing_consent)
            over (partition by identified.customer_id) as has_marketing_consent,
        row_number() over (
            partition by identified.customer_id
            order by
                identified.is_inferred asc,
                accounts.created_on asc nulls last,
                identified.raw_customer_id asc
        ) as seniority

    from identified

    left join accounts
        on identified.raw_customer_id = accounts.raw_customer_id

    where not identified.is_test

),

known as (

    -- what is known of a person is what the oldest account says
    select
        customer_id,
        is_inferred,
        email,
        customer_name,
        phone,
        raw_customer_type,
        raw_industry,
        raw_gender,
        raw_education,
        raw_occupation,
        raw_region,
        acquisition_channel,
        annual_income,
        acquisition_cost,
        born_on,
        created_on,
        is_staff_or_reseller,
        has_marketing_consent

    from ranked

    where seniority = 1

),

customers as (

    select
        known.email,
        known.customer_name,
        known.phone,
        known.raw_customer_type,
        known.raw_industry,
        known.raw_gender,
        known.raw_education,
        known.raw_occupation,
        known.raw_region,
        known.acquisition_channel,
        known.annual_income,
        known.acquisition_cost,
        known.born_on,
        known.created_on,
        known.has_marketing_consent,
        coalesce(known.customer_id, first_orders.customer_id) as customer_id,
        coalesce(known.is_inferred, true) as is_inferred,
        known.customer_id is null and first_orders.is_guest as is_guest,
        coalesce(known.is_staff_or_reseller, false) as is_staff_or_reseller,
        least(
            coalesce(known.created_on, first_orders.first_ordered_on),
            coalesce(first_orders.first_ordered_on, known.created_on)
        ) as exists_from

    from known

    full outer join first_orders
        on known.customer_id = first_orders.customer_id

)

select * from customers

-- Which customer accounts does the shop have, and what does it know of each?

with

accepted as (

    select
        raw_customer_id,
        customer_name,
        email,
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

    from {{ ref('base_customers') }}

    where reject_reasons = ''

)

select * from accepted

-- What is each product?

with

accepted as (

    select
        product_id,
        product_name,
        product_category,
        brand,
        unit_cost,
        coalesce(is_premium, false) as is_premium,
        coalesce(is_eco_labelled, false) as is_eco_labelled

    from {{ ref('base_products') }}

    where reject_reasons = ''

)

select * from accepted

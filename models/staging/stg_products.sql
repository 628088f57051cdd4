-- What is each product?

with

accepted as (

    select
        product_id,
        product_name,
        product_category,
        brand,
        unit_cost,
        is_premium,
        is_eco_labelled

    from {{ ref('base_products') }}

    where reject_reasons = ''

),

marked as (

    -- a blank mark is a no, but not where the shop marks no product at all
    select
        bool_or(is_premium is not null) as is_premium_known,
        bool_or(is_eco_labelled is not null) as is_eco_known

    from accepted

),

described as (

    select
        accepted.product_id,
        accepted.product_name,
        accepted.product_category,
        accepted.brand,
        accepted.unit_cost,
        coalesce(
            accepted.is_premium, case when marked.is_premium_known then false end
        ) as is_premium,
        coalesce(
            accepted.is_eco_labelled, case when marked.is_eco_known then false end
        ) as is_eco_labelled

    from accepted

    cross join marked

)

select * from described

-- On which brands and kinds of products did each customer's money of 365 days go?

with

bought as (

    select
        customer_id,
        brand,
        is_premium,
        is_eco_labelled,
        spend

    from {{ ref('int_products_bought') }}

),

by_brand as (

    select
        customer_id,
        brand,
        sum(spend) as spend,
        sum(case when is_premium is not null then spend end) as graded_spend,
        sum(case when is_premium then spend end) as premium_spend,
        sum(case when is_eco_labelled is not null then spend end) as labelled_spend,
        sum(case when is_eco_labelled then spend end) as eco_spend

    from bought

    group by
        customer_id,
        brand

),

ranked as (

    select
        customer_id,
        brand,
        spend,
        graded_spend,
        premium_spend,
        labelled_spend,
        eco_spend,
        row_number() over (
            partition by customer_id
            order by
                case when brand is not null then spend end desc nulls last, brand asc
        ) as brand_rank

    from by_brand

),

split as (

    select
        customer_id,
        max(case when brand_rank = 1 then brand end) as top_brand,
        {{ share_of(
            'max(case when brand is not null and brand_rank = 1 then spend end)',
            'sum(case when brand is not null then spend end)'
        ) }} as top_brand_share,
        {{ share_of('coalesce(sum(premium_spend), 0)', 'sum(graded_spend)') }}
            as premium_spend_share,
        {{ share_of('coalesce(sum(eco_spend), 0)', 'sum(labelled_spend)') }}
            as eco_spend_share

    from ranked

    group by customer_id

)

select * from split

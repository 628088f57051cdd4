-- Which categories of the catalogue is nobody in?

with

categories as (

    select
        dimension,
        category,
        label_en,
        label_zh,
        definition_en,
        definition_zh

    from {{ ref('categories') }}

    where valid_to is null

),

members as (

    select distinct
        dimension,
        category

    from {{ ref('customer_segment_memberships') }}

),

history as (

    select
        dimension,
        category,
        max(valid_to) as last_left_on

    from {{ ref('customer_segment_history') }}

    group by
        dimension,
        category

),

empty as (

    select
        categories.dimension,
        categories.category,
        categories.label_en as category_label_en,
        categories.label_zh as category_label_zh,
        categories.definition_en,
        categories.definition_zh,
        history.last_left_on

    from categories

    left join members
        on
            categories.dimension = members.dimension
            and categories.category = members.category

    left join history
        on
            categories.dimension = history.dimension
            and categories.category = history.category

    where members.category is null

)

select * from empty

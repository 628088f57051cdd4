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

    select
        dimension,
        category

    from {{ ref('membership_summary') }}

    where customers > 0

),

changes as (

    select
        dimension,
        previous_category,
        max(changed_on) as last_left_on

    from {{ ref('int_changes_gathered') }}

    group by
        dimension,
        previous_category

),

empty as (

    select
        categories.dimension,
        categories.category,
        categories.label_en as category_label_en,
        categories.label_zh as category_label_zh,
        categories.definition_en,
        categories.definition_zh,
        changes.last_left_on

    from categories

    left join members
        on
            categories.dimension = members.dimension
            and categories.category = members.category

    left join changes
        on
            categories.dimension = changes.dimension
            and categories.category = changes.previous_category

    where members.category is null

)

select * from empty

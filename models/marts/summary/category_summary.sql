-- How many customers were in each category of each dimension, month by month?

with

counted as (

    select
        dimension,
        category,
        customers,
        customers_entered,
        customers_left,
        observed_on

    from {{ ref('int_categories_counted') }}

),

categories as (

    select
        dimension,
        category,
        category_rank,
        label_en,
        label_zh

    from {{ ref('categories') }}

),

labelled as (

    select
        counted.dimension,
        counted.category,
        categories.label_en as category_label_en,
        categories.label_zh as category_label_zh,
        categories.category_rank,
        counted.customers,
        {{ share_of(
            'counted.customers',
            'sum(counted.customers) over (partition by counted.dimension, counted.observed_on)'
        ) }} as customers_share,
        counted.customers_entered,
        counted.customers_left,
        counted.observed_on

    from counted

    left join categories
        on
            counted.dimension = categories.dimension
            and counted.category = categories.category

)

select * from labelled

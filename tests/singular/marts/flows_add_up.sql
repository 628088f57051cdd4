-- All flows to a category are its size, all flows from it its size on the look before:
-- nobody is lost on the way, and nobody appears from nowhere but those who joined.

with

sizes as (

    select
        dimension,
        category,
        observed_on,
        customers,
        lag(customers, 1, 0) over (
            partition by dimension, category order by observed_on
        ) as previous_customers

    from {{ ref('category_summary') }}

),

came as (

    select
        dimension,
        to_category as category,
        observed_on,
        sum(customers) as customers

    from {{ ref('segment_flows') }}

    group by
        dimension,
        to_category,
        observed_on

),

went as (

    select
        dimension,
        from_category as category,
        observed_on,
        sum(customers) as customers

    from {{ ref('segment_flows') }}

    where from_category is not null

    group by
        dimension,
        from_category,
        observed_on

),

compared as (

    select
        sizes.dimension,
        sizes.category,
        sizes.observed_on,
        sizes.customers,
        sizes.previous_customers,
        coalesce(came.customers, 0) as customers_who_came,
        coalesce(went.customers, 0) as customers_who_went

    from sizes

    left join came
        on
            sizes.dimension = came.dimension
            and sizes.category = came.category
            and sizes.observed_on = came.observed_on

    left join went
        on
            sizes.dimension = went.dimension
            and sizes.category = went.category
            and sizes.observed_on = went.observed_on

)

select * from compared

where
    customers <> customers_who_came
    or previous_customers <> customers_who_went

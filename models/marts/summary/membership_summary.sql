-- How many customers are in each category of every dimension today, and worth what?

with

members as (

    select
        customer_id,
        dimension,
        category,
        observed_on

    from {{ ref('customer_segment_memberships') }}

),

observed as (

    select
        customer_id,
        net_revenue_365d

    from {{ ref('int_customers_observed') }}

    where is_as_of

),

dimensions as (

    select
        dimension,
        label_en,
        label_zh

    from {{ ref('dimensions') }}

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

today as (

    select observed_on
    from {{ ref('int_observation_dates') }}

    where is_as_of

),

counted as (

    select
        members.dimension,
        members.category,
        count(*) as customers,
        sum(observed.net_revenue_365d) as net_revenue_365d

    from members

    inner join observed
        on members.customer_id = observed.customer_id

    group by
        members.dimension,
        members.category

),

summarised as (

    -- a category that nobody is in has a row too
    select
        categories.dimension,
        dimensions.label_en as dimension_label_en,
        dimensions.label_zh as dimension_label_zh,
        categories.category,
        categories.label_en as category_label_en,
        categories.label_zh as category_label_zh,
        categories.category_rank,
        cast(coalesce(counted.customers, 0) as bigint) as customers,
        {{ share_of(
            'coalesce(counted.customers, 0)',
            'sum(counted.customers) over (partition by categories.dimension)'
        ) }} as customers_share,
        cast(coalesce(counted.net_revenue_365d, 0) as decimal(18, 2))
            as net_revenue_365d,
        {{ share_of(
            'coalesce(counted.net_revenue_365d, 0)',
            'sum(counted.net_revenue_365d) over (partition by categories.dimension)'
        ) }} as net_revenue_365d_share,
        today.observed_on

    from categories

    cross join today

    left join dimensions
        on categories.dimension = dimensions.dimension

    left join counted
        on
            categories.dimension = counted.dimension
            and categories.category = counted.category

)

select * from summarised

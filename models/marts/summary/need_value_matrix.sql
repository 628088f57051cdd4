-- Which needs do our valuable customers have, and our others: need by value tier?

with

members as (

    select
        customer_id,
        dimension,
        category,
        observed_on

    from {{ ref('customer_segment_memberships') }}

    where dimension in ('need', 'value_tier')

),

observed as (

    select
        customer_id,
        net_revenue_365d

    from {{ ref('int_customers_observed') }}

    where is_as_of

),

categories as (

    select
        dimension,
        category,
        category_rank,
        label_en,
        label_zh

    from {{ ref('categories') }}

    where valid_to is null

),

today as (

    select observed_on
    from {{ ref('int_observation_dates') }}

    where is_as_of

),

counted as (

    select
        needs.category as need,
        tiers.category as value_tier,
        count(*) as customers,
        sum(observed.net_revenue_365d) as net_revenue_365d

    from members as needs

    inner join members as tiers
        on
            needs.customer_id = tiers.customer_id
            and tiers.dimension = 'value_tier'

    inner join observed
        on needs.customer_id = observed.customer_id

    where needs.dimension = 'need'

    group by
        needs.category,
        tiers.category

),

crossed as (

    -- a cell that nobody is in has a row too
    select
        needs.category as need,
        needs.label_en as need_label_en,
        needs.label_zh as need_label_zh,
        needs.category_rank as need_rank,
        tiers.category as value_tier,
        tiers.label_en as value_tier_label_en,
        tiers.label_zh as value_tier_label_zh,
        tiers.category_rank as value_tier_rank,
        today.observed_on,
        cast(coalesce(counted.customers, 0) as bigint) as customers,
        cast(coalesce(counted.net_revenue_365d, 0) as decimal(18, 2))
            as net_revenue_365d

    from categories as needs

    cross join today

    inner join categories as tiers
        on tiers.dimension = 'value_tier'

    left join counted
        on
            needs.category = counted.need
            and tiers.category = counted.value_tier

    where needs.dimension = 'need'

),

shared as (

    select
        need,
        need_label_en,
        need_label_zh,
        need_rank,
        value_tier,
        value_tier_label_en,
        value_tier_label_zh,
        value_tier_rank,
        customers,
        net_revenue_365d,
        observed_on,
        {{ share_of('customers', 'sum(customers) over (partition by value_tier)') }}
            as value_tier_share

    from crossed

)

select * from shared

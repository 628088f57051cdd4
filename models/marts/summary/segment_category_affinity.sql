-- What does each segment buy more of than everybody else?

with

segments as (

    select
        segments.customer_id,
        segments.segment,
        segments.observed_on

    from {{ ref('int_segments_composed') }} as segments

    inner join {{ ref('int_observation_dates') }} as clock
        on segments.observed_on = clock.observed_on

    where clock.is_as_of

),

bought as (

    select
        customer_id,
        product_category,
        sum(spend) as spend

    from {{ ref('int_products_bought') }}

    where product_category is not null

    group by
        customer_id,
        product_category

),

categories as (

    select
        category,
        label_en,
        label_zh

    from {{ ref('categories') }}

    where dimension = 'segment'

),

joined as (

    select
        segments.segment,
        segments.observed_on,
        bought.customer_id,
        bought.product_category,
        bought.spend

    from bought

    inner join segments
        on bought.customer_id = segments.customer_id

),

segment_buyers as (

    select
        segment,
        count(distinct customer_id) as segment_buyers

    from joined

    group by segment

),

totals as (

    select sum(segment_buyers) as all_buyers
    from segment_buyers

),

counted as (

    select
        segment,
        product_category,
        observed_on,
        count(*) as buyers,
        sum(spend) as spend

    from joined

    group by
        segment,
        product_category,
        observed_on

),

compared as (

    -- a customer is in one segment, so buyers of segments add up
    select
        counted.segment,
        counted.product_category,
        counted.observed_on,
        counted.buyers,
        counted.spend,
        segment_buyers.segment_buyers,
        totals.all_buyers,
        sum(counted.buyers) over (partition by counted.product_category)
        - counted.buyers as other_buyers

    from counted

    inner join segment_buyers
        on counted.segment = segment_buyers.segment

    cross join totals

),

measured as (

    select
        compared.segment,
        categories.label_en as segment_label_en,
        categories.label_zh as segment_label_zh,
        compared.product_category,
        compared.buyers as customers,
        cast(compared.segment_buyers as bigint) as segment_customers,
        {{ share_of('compared.buyers', 'compared.segment_buyers') }} as buyers_share,
        {{ share_of(
            'compared.other_buyers', '(compared.all_buyers - compared.segment_buyers)'
        ) }} as other_buyers_share,
        {{ share_of('compared.buyers', 'compared.all_buyers') }} as support_share,
        cast({{ to_cents('compared.spend') }} as decimal(18, 2)) as spend,
        compared.observed_on,
        compared.buyers < {{ var('min_affinity_buyers') }} as is_low_support,
        {{ round_to_9_digits(
            'cast(compared.buyers as double) / compared.segment_buyers'
            ~ ' * (compared.all_buyers - compared.segment_buyers)'
            ~ ' / nullif(compared.other_buyers, 0)'
        ) }} as lift

    from compared

    left join categories
        on compared.segment = categories.category

)

select * from measured

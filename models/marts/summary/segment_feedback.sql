-- How satisfied was each segment, and what did it need, month by month?

with

opinions as (

    select
        customer_id,
        dimension,
        category,
        said_on,
        observed_on

    from {{ ref('int_opinions_judged') }}

),

history as (

    select
        customer_id,
        category as segment,
        valid_from,
        valid_to

    from {{ ref('customer_segment_history') }}

    where dimension = 'segment'

),

categories as (

    select
        dimension,
        category,
        label_en,
        label_zh

    from {{ ref('categories') }}

),

counted as (

    -- in the segment of the day on which it was said
    select
        history.segment,
        opinions.dimension,
        opinions.category,
        opinions.observed_on,
        count(*) as answers,
        count(distinct opinions.customer_id) as customers

    from opinions

    inner join history
        on
            opinions.customer_id = history.customer_id
            and {{ holds_on('history', 'opinions.said_on') }}

    group by
        history.segment,
        opinions.dimension,
        opinions.category,
        opinions.observed_on

),

measured as (

    select
        counted.segment,
        segments.label_en as segment_label_en,
        segments.label_zh as segment_label_zh,
        counted.dimension,
        counted.category,
        categories.label_en as category_label_en,
        categories.label_zh as category_label_zh,
        counted.answers,
        counted.customers,
        counted.observed_on,
        {{ share_of(
            'counted.answers',
            'sum(counted.answers) over ('
            ~ 'partition by counted.segment, counted.dimension, counted.observed_on)'
        ) }} as answers_share

    from counted

    left join categories
        on
            counted.dimension = categories.dimension
            and counted.category = categories.category

    left join categories as segments
        on
            counted.segment = segments.category
            and segments.dimension = 'segment'

)

select * from measured

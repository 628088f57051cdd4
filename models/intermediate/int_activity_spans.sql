-- From which day to which was each customer new, back, buying, or gone quiet?

with

classified as (

    select
        customer_id,
        happened_on,
        activity_status

    from {{ ref('int_activity_moments_classified') }}

),

spans as (

    {{ stays_of('classified', day='happened_on', dimensions=['activity_status']) }}

)

select * from spans

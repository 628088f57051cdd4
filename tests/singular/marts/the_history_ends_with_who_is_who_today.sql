-- Asked for today, the history names the segments that the current mart names: whoever
-- reads one or the other is told the same.

{% set dimensions = [
    'lifecycle_stage', 'activity_status', 'value_tier', 'lifetime_value_tier',
    'purchase_frequency', 'rfm_group', 'churn_risk', 'channel', 'price_sensitivity',
    'age_band', 'segment'
] -%}

with

today as (

    select observed_on
    from {{ ref('int_observation_dates') }}

    where is_as_of

),

dimensions as (

    {% for dimension in dimensions -%}
        select '{{ dimension }}' as dimension

        {{ 'union all' if not loop.last }}

    {% endfor -%}

),

current_segments as (

    -- the mart is read once: it is a view
    select
        segments.customer_id,
        dimensions.dimension,
        case dimensions.dimension
            {%- for dimension in dimensions %}
                when '{{ dimension }}' then segments.{{ dimension }}
            {%- endfor %}
        end as category

    from {{ ref('customer_segments') }} as segments

    cross join dimensions

),

segments_today as (

    {{ segments_on('(select today.observed_on from today)') }}

),

compared as (

    select
        current_segments.customer_id,
        current_segments.dimension,
        current_segments.category,
        segments_today.category as category_in_history

    from current_segments

    left join segments_today
        on
            current_segments.customer_id = segments_today.customer_id
            and current_segments.dimension = segments_today.dimension

)

select * from compared

where category is distinct from category_in_history

-- What the history holds for a date is what was said of each customer on that date. The
-- stays that are exact to the day are computed another way than the answers: this is
-- where the two meet.

{% set dimensions = [
    'lifecycle_stage', 'activity_status', 'value_tier', 'lifetime_value_tier',
    'purchase_frequency', 'rfm_group', 'churn_risk', 'value_potential', 'channel',
    'price_sensitivity', 'segment'
] -%}

with

answers as (

    {% for dimension in dimensions -%}
        select
            customer_id,
            observed_on,
            '{{ dimension }}' as dimension,
            {{ dimension }} as category

        from {{ ref('int_answers_gathered') }}

        {{ 'union all' if not loop.last }}

    {% endfor -%}

),

history as (

    select
        customer_id,
        dimension,
        category,
        valid_from,
        valid_to

    from {{ ref('customer_segment_history') }}

),

compared as (

    select
        answers.customer_id,
        answers.observed_on,
        answers.dimension,
        answers.category,
        history.category as category_in_history

    from answers

    left join history
        on
            answers.customer_id = history.customer_id
            and answers.dimension = history.dimension
            and {{ holds_on('history', 'answers.observed_on') }}

)

select * from compared

where category is distinct from category_in_history

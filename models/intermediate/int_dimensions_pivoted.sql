-- What is said of each customer today, side by side?

{% set dimensions = [
    'customer_type', 'industry', 'age_band', 'gender', 'income_band',
    'education', 'occupation', 'region', 'need', 'brand_loyalty', 'lifestyle',
    'motive', 'satisfaction', 'engagement', 'sustainability_interest'
] -%}

with

gathered as (

    select
        customer_id,
        dimension,
        category

    from {{ ref('int_dimensions_gathered') }}

),

pivoted as (

    select
        {% for dimension in dimensions -%}
            max(case when dimension = '{{ dimension }}' then category end)
                as {{ dimension }},
        {% endfor -%}
        customer_id

    from gathered

    group by customer_id

)

select * from pivoted

-- What is said of each customer today, side by side?

-- dimension: the model that answers
{% set answers = {
    'customer_type': 'int_customer_type_mapped',
    'industry': 'int_industry_mapped',
    'age_band': 'int_age_banded',
    'gender': 'int_gender_mapped',
    'income_band': 'int_income_banded',
    'education': 'int_education_mapped',
    'occupation': 'int_occupation_mapped',
    'region': 'int_region_mapped',
    'need': 'int_need_judged',
    'brand_loyalty': 'int_brand_loyalty_banded',
    'lifestyle': 'int_lifestyle_mapped',
    'motive': 'int_motive_mapped',
    'satisfaction': 'int_satisfaction_scored',
    'engagement': 'int_engagement_banded',
    'sustainability_interest': 'int_sustainability_interest_banded'
} -%}

with

observed as (

    select customer_id
    from {{ ref('int_customers_observed') }}

    where is_as_of

),

pivoted as (

    select
        {% for dimension in answers -%}
            {{ dimension }}_answers.{{ dimension }},
        {% endfor -%}
        observed.customer_id

    from observed

    {% for dimension, model in answers.items() -%}
        left join {{ ref(model) }} as {{ dimension }}_answers
            on observed.customer_id = {{ dimension }}_answers.customer_id

    {% endfor -%}

)

select * from pivoted

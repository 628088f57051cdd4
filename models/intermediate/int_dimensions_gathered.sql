-- What is said of each customer today, in every dimension that is told for today only?

-- dimension: the model that answers, and its column that tells since when, if any
{% set answers = {
    'customer_type': ['int_customer_type_mapped', 'null'],
    'industry': ['int_industry_mapped', 'null'],
    'age_band': ['int_age_banded', 'null'],
    'gender': ['int_gender_mapped', 'null'],
    'income_band': ['int_income_banded', 'null'],
    'education': ['int_education_mapped', 'null'],
    'occupation': ['int_occupation_mapped', 'null'],
    'region': ['int_region_mapped', 'null'],
    'need': ['int_need_judged', 'answered_on'],
    'brand_loyalty': ['int_brand_loyalty_banded', 'null'],
    'lifestyle': ['int_lifestyle_mapped', 'answered_on'],
    'motive': ['int_motive_mapped', 'answered_on'],
    'satisfaction': ['int_satisfaction_scored', 'satisfaction_given_on'],
    'engagement': ['int_engagement_banded', 'null'],
    'sustainability_interest': ['int_sustainability_interest_banded', 'null']
} -%}

with

observed as (

    select
        customer_id,
        observed_on

    from {{ ref('int_customers_observed') }}

    where is_as_of

),

answers as (

    {% for dimension, (model, known_since) in answers.items() -%}
        select
            customer_id,
            '{{ dimension }}' as dimension,
            {{ dimension }} as category,
            cast({{ known_since }} as date) as known_since

        from {{ ref(model) }}

        union all

    {% endfor -%}

    select
        customer_id,
        dimension,
        category,
        cast(null as date) as known_since

    from {{ ref('int_measures_banded') }}

    union all

    select
        customer_id,
        dimension,
        category,
        cast(null as date) as known_since

    from {{ ref('int_attributes_mapped') }}

),

gathered as (

    -- an attribute is as it is today; since when, nobody wrote down
    select
        observed.customer_id,
        answers.dimension,
        answers.category,
        observed.observed_on,
        coalesce(answers.known_since, observed.observed_on) as since

    from observed

    inner join answers
        on observed.customer_id = answers.customer_id

)

select * from gathered

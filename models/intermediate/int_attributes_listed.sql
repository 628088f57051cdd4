-- Which words does the shop use for each customer, in every attribute and survey?

{% set attributes = [
    'customer_type', 'industry', 'gender', 'education', 'occupation', 'region',
    'acquisition_channel'
] -%}

with

customers as (

    select
        customer_id,
        raw_customer_type as customer_type,
        raw_industry as industry,
        raw_gender as gender,
        raw_education as education,
        raw_occupation as occupation,
        raw_region as region,
        acquisition_channel

    from {{ ref('int_customers') }}

),

answers as (

    select
        customer_id,
        question,
        raw_answer

    from {{ ref('int_survey_answers_chosen') }}

),

listed as (

    {% for attribute in attributes -%}
        select
            customer_id,
            '{{ attribute }}' as attribute_name,
            {{ attribute }} as raw_word

        from customers

        where {{ attribute }} is not null

        union all

    {% endfor -%}

    select
        customer_id,
        concat('survey_', question) as attribute_name,
        raw_answer as raw_word

    from answers

)

select * from listed

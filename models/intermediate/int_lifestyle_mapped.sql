-- How does each customer live, by their own account?

with

customers as (

    select customer_id
    from {{ ref('int_customers') }}

),

answers as (

    select
        customer_id,
        raw_answer,
        answered_on

    from {{ ref('int_survey_answers_chosen') }}

    where question = 'lifestyle'

),

words as (

    select
        raw_word,
        category

    from {{ ref('word_mappings') }}

    where dimension = 'lifestyle'

),

mapped as (

    select
        customers.customer_id,
        coalesce(words.category, 'unknown') as lifestyle,
        case when words.category is not null then answers.answered_on end
            as answered_on

    from customers

    left join answers
        on customers.customer_id = answers.customer_id

    left join words
        on answers.raw_answer = words.raw_word

)

select * from mapped

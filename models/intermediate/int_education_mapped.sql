-- How far did each customer go at school?

with

customers as (

    select
        customer_id,
        raw_education

    from {{ ref('int_customers') }}

),

words as (

    select
        raw_word,
        category

    from {{ ref('word_mappings') }}

    where dimension = 'education'

),

mapped as (

    select
        customers.customer_id,
        coalesce(words.category, 'unknown') as education

    from customers

    left join words
        on customers.raw_education = words.raw_word

)

select * from mapped

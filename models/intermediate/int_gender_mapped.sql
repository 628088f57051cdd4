-- Which gender did each customer give?

with

customers as (

    select
        customer_id,
        raw_gender

    from {{ ref('int_customers') }}

),

words as (

    select
        raw_word,
        category

    from {{ ref('word_mappings') }}

    where dimension = 'gender'

),

mapped as (

    select
        customers.customer_id,
        coalesce(words.category, 'unknown') as gender

    from customers

    left join words
        on customers.raw_gender = words.raw_word

)

select * from mapped

-- Which industry is each customer in?

with

customers as (

    select
        customer_id,
        raw_industry

    from {{ ref('int_customers') }}

),

words as (

    select
        raw_word,
        category

    from {{ ref('word_mappings') }}

    where dimension = 'industry'

),

mapped as (

    select
        customers.customer_id,
        coalesce(words.category, 'unknown') as industry

    from customers

    left join words
        on customers.raw_industry = words.raw_word

)

select * from mapped

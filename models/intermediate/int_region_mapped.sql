-- Which region is each customer in?

with

customers as (

    select
        customer_id,
        raw_region

    from {{ ref('int_customers') }}

),

words as (

    select
        raw_word,
        category

    from {{ ref('word_mappings') }}

    where dimension = 'region'

),

mapped as (

    select
        customers.customer_id,
        coalesce(words.category, 'unknown') as region

    from customers

    left join words
        on customers.raw_region = words.raw_word

)

select * from mapped

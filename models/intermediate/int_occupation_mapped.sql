-- What does each customer do for a living?

with

customers as (

    select
        customer_id,
        raw_occupation

    from {{ ref('int_customers') }}

),

words as (

    select
        raw_word,
        category

    from {{ ref('word_mappings') }}

    where dimension = 'occupation'

),

mapped as (

    select
        customers.customer_id,
        coalesce(words.category, 'unknown') as occupation

    from customers

    left join words
        on customers.raw_occupation = words.raw_word

)

select * from mapped

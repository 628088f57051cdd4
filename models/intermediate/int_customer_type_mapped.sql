-- Is each customer a person, a company or a public body?

with

customers as (

    select
        customer_id,
        raw_customer_type

    from {{ ref('int_customers') }}

),

words as (

    select
        raw_word,
        category

    from {{ ref('word_mappings') }}

    where dimension = 'customer_type'

),

mapped as (

    select
        customers.customer_id,
        coalesce(words.category, 'unknown') as customer_type

    from customers

    left join words
        on customers.raw_customer_type = words.raw_word

)

select * from mapped

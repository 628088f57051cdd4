-- Which category does each word give, in dimensions that the catalogue alone defines?

with

customers as (

    select customer_id
    from {{ ref('int_customers') }}

),

dimensions as (

    select dimension
    from {{ ref('dimensions') }}

    where answered_by = 'words'

),

listed as (

    select
        customer_id,
        attribute_name,
        raw_word

    from {{ ref('int_attributes_listed') }}

),

words as (

    select
        words.dimension,
        words.attribute_name,
        words.raw_word,
        words.category

    from {{ ref('word_mappings') }} as words

    inner join dimensions
        on words.dimension = dimensions.dimension

),

known as (

    select
        listed.customer_id,
        words.dimension,
        words.category

    from listed

    inner join words
        on
            listed.attribute_name = words.attribute_name
            and listed.raw_word = words.raw_word

),

mapped as (

    select
        customers.customer_id,
        dimensions.dimension,
        coalesce(known.category, 'unknown') as category

    from customers

    cross join dimensions

    left join known
        on
            customers.customer_id = known.customer_id
            and dimensions.dimension = known.dimension

)

select * from mapped

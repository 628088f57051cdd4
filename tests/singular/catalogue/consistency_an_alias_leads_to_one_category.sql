-- Consistency (一致性): a word of the sources leads to one category that is in use. A word
-- that leads to two would be the quarrel the aliases are there to end.

with

aliases as (

    select
        alias,
        dimension,
        category

    from {{ ref('aliases') }}

),

categories as (

    select
        dimension,
        category,
        label_en,
        label_zh

    from {{ ref('categories') }}

    where valid_to is null

),

problems as (

    select
        aliases.alias,
        aliases.dimension,
        aliases.category,
        'leads to no category that is in use' as problem

    from aliases

    left join categories
        on
            aliases.dimension = categories.dimension
            and aliases.category = categories.category

    where categories.category is null

    union all

    select
        aliases.alias,
        aliases.dimension,
        aliases.category,
        'is the label of another category' as problem

    from aliases

    inner join categories
        on
            lower(aliases.alias)
            in (lower(categories.label_en), lower(categories.label_zh))

    where
        aliases.dimension <> categories.dimension
        or aliases.category <> categories.category

)

select * from problems

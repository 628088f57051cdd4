-- Consistency (一致性): a code once retired is not used again, and whoever meets it in the
-- history finds its successor: a category of the same dimension that is in use.

with

categories as (

    select
        dimension,
        category,
        valid_from,
        valid_to,
        successor

    from {{ ref('categories') }}

),

bands as (

    select
        dimension,
        category,
        valid_to

    from {{ ref('bands') }}

),

words as (

    select distinct
        dimension,
        category

    from {{ ref('word_mappings') }}

),

problems as (

    select
        retired.dimension,
        retired.category,
        'retired without a successor that is in use' as problem

    from categories as retired

    left join categories as successors
        on
            retired.dimension = successors.dimension
            and retired.successor = successors.category
            and successors.valid_to is null

    where retired.valid_to is not null and successors.category is null

    union all

    select
        dimension,
        category,
        'retired, and its code is used again' as problem

    from categories

    group by
        dimension,
        category

    having count(*) > 1 and count(valid_to) > 0

    union all

    select
        dimension,
        category,
        'has a successor and no day of retirement' as problem

    from categories

    where successor is not null and valid_to is null

    union all

    select
        dimension,
        category,
        'retired before it began' as problem

    from categories

    where valid_to <= valid_from

    union all

    select
        retired.dimension,
        retired.category,
        'retired, and a band still gives it after that day' as problem

    from categories as retired

    inner join bands
        on
            retired.dimension = bands.dimension
            and retired.category = bands.category
            and coalesce(retired.valid_to < bands.valid_to, true)

    where retired.valid_to is not null

    union all

    select
        retired.dimension,
        retired.category,
        'retired, and a word still gives it' as problem

    from categories as retired

    inner join words
        on
            retired.dimension = words.dimension
            and retired.category = words.category

    where retired.valid_to is not null

)

select * from problems

-- Extensibility (可扩展性): a dimension that does not know where to put a customer would
-- drop them. Each has `unknown` or `none`, and one that the catalogue alone defines has
-- `unknown`, a rule, and at least one category besides. (Of stages and segments the
-- prospects are those of whom nothing is known.)

with

dimensions as (

    select
        dimension,
        answered_by

    from {{ ref('dimensions') }}

),

categories as (

    select
        dimension,
        category

    from {{ ref('categories') }}

    where valid_to is null

),

bands as (

    select distinct dimension
    from {{ ref('bands') }}

),

words as (

    select distinct dimension
    from {{ ref('word_mappings') }}

),

counted as (

    select
        dimensions.dimension,
        dimensions.answered_by,
        count(
            case when categories.category in ('unknown', 'none', 'prospect') then 1 end
        ) as places_for_the_unknown,
        count(case when categories.category = 'unknown' then 1 end) as unknowns,
        count(categories.category) as all_categories

    from dimensions

    left join categories
        on dimensions.dimension = categories.dimension

    group by
        dimensions.dimension,
        dimensions.answered_by

),

problems as (

    select
        dimension,
        'has neither unknown nor none' as problem

    from counted

    where places_for_the_unknown = 0

    union all

    select
        dimension,
        'is defined by the catalogue alone and lacks unknown, or all else' as problem

    from counted

    where answered_by <> 'model' and (unknowns = 0 or all_categories < 2)

    union all

    select
        counted.dimension,
        'is answered by bands or words and has no row there' as problem

    from counted

    left join bands
        on counted.dimension = bands.dimension and counted.answered_by = 'bands'

    left join words
        on counted.dimension = words.dimension and counted.answered_by = 'words'

    where
        counted.answered_by <> 'model'
        and bands.dimension is null
        and words.dimension is null

)

select * from problems

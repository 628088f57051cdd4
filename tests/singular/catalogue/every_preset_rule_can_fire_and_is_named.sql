-- A rule that rules above it have used up, that asks for a level nobody defined, or
-- that gives a category without a name is a mistake, unless the scheme was published
-- that way: then presets.csv counts the category among those never reached.

with

presets as (

    select preset
    from {{ ref('presets') }}

    where categories_never_reached = 0

),

rules as (

    select
        preset,
        precedence,
        category

    from {{ ref('preset_rules') }}

),

categories as (

    select
        preset,
        category

    from {{ ref('preset_categories') }}

),

cells as (

    select distinct
        preset,
        precedence

    from {{ ref('int_preset_cells_decided') }}

),

wrong as (

    select
        rules.preset,
        rules.precedence,
        rules.category,
        categories.category is null as is_unnamed

    from rules

    left join presets
        on rules.preset = presets.preset

    left join cells
        on
            rules.preset = cells.preset
            and rules.precedence = cells.precedence

    left join categories
        on
            rules.preset = categories.preset
            and rules.category = categories.category

    where
        categories.category is null
        or (cells.precedence is null and presets.preset is not null)

)

select * from wrong

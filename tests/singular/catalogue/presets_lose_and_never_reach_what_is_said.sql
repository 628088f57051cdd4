-- Published schemes have flaws, and a reader should know them: how many combinations
-- of scores they give no name of their own, and which of their names can never be
-- given. Both are counted here by trying all combinations, and what presets.csv says
-- must agree.

with

presets as (

    select
        preset,
        cells_left_over,
        categories_never_reached

    from {{ ref('presets') }}

),

cells as (

    select
        preset,
        count(case when category is null or category = 'other' then 1 end)
            as cells_left_over

    from {{ ref('int_preset_cells_decided') }}

    group by preset

),

coverage as (

    select
        preset,
        count(case when is_never_reached then 1 end) as categories_never_reached

    from {{ ref('preset_coverage') }}

    group by preset

),

wrong as (

    select
        presets.preset,
        presets.cells_left_over,
        cells.cells_left_over as cells_found_left_over,
        presets.categories_never_reached,
        coverage.categories_never_reached as categories_found_never_reached

    from presets

    left join cells
        on presets.preset = cells.preset

    left join coverage
        on presets.preset = coverage.preset

    where
        presets.cells_left_over is distinct from cells.cells_left_over
        or presets.categories_never_reached
        is distinct from coverage.categories_never_reached

)

select * from wrong

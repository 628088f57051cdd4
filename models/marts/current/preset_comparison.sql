-- What would each customer be called under other people's schemes?

with

reached as (

    select
        customer_id,
        preset,
        level_1,
        level_2,
        level_3,
        observed_on

    from {{ ref('int_preset_levels_reached') }}

),

cells as (

    select
        preset,
        level_1,
        level_2,
        level_3,
        category

    from {{ ref('int_preset_cells_decided') }}

),

presets as (

    select
        preset,
        label_en,
        label_zh

    from {{ ref('presets') }}

),

categories as (

    select
        preset,
        category,
        label_en,
        label_zh

    from {{ ref('preset_categories') }}

),

decided as (

    select
        reached.customer_id,
        reached.preset,
        reached.observed_on,
        coalesce(cells.category, 'unplaced') as category

    from reached

    left join cells
        on
            reached.preset = cells.preset
            and reached.level_1 = cells.level_1
            and reached.level_2 = cells.level_2
            and reached.level_3 = cells.level_3

),

compared as (

    select
        decided.customer_id,
        decided.preset,
        presets.label_en as preset_label_en,
        presets.label_zh as preset_label_zh,
        decided.category,
        categories.label_en as category_label_en,
        categories.label_zh as category_label_zh,
        decided.observed_on

    from decided

    left join presets
        on decided.preset = presets.preset

    left join categories
        on
            decided.preset = categories.preset
            and decided.category = categories.category

)

select * from compared

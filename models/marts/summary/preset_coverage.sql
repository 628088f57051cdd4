-- Does each scheme have a name for everyone, and ever use all its names?

with

categories as (

    select
        preset,
        category,
        category_rank,
        label_en,
        label_zh

    from {{ ref('preset_categories') }}

),

cells as (

    select
        preset,
        category,
        count(*) as cells

    from {{ ref('int_preset_cells_decided') }}

    group by
        preset,
        category

),

rules as (

    select
        preset,
        category,
        count(*) as rules

    from {{ ref('preset_rules') }}

    group by
        preset,
        category

),

customers as (

    select
        preset,
        category,
        count(*) as customers

    from {{ ref('preset_comparison') }}

    group by
        preset,
        category

),

counted as (

    select
        categories.preset,
        categories.category,
        categories.category_rank,
        categories.label_en,
        categories.label_zh,
        coalesce(rules.rules, 0) as rules,
        coalesce(cells.cells, 0) as cells,
        coalesce(customers.customers, 0) as customers

    from categories

    left join rules
        on
            categories.preset = rules.preset
            and categories.category = rules.category

    left join cells
        on
            categories.preset = cells.preset
            and categories.category = cells.category

    left join customers
        on
            categories.preset = customers.preset
            and categories.category = customers.category

),

covered as (

    -- who is not placed has no rule: that is no name of the scheme
    select
        preset,
        category,
        label_en as category_label_en,
        label_zh as category_label_zh,
        category_rank,
        rules,
        cells,
        {{ share_of('cells', 'sum(cells) over (partition by preset)') }} as cells_share,
        rules > 0 and cells = 0 as is_never_reached,
        customers,
        {{ share_of('customers', 'sum(customers) over (partition by preset)') }}
            as customers_share

    from counted

)

select * from covered

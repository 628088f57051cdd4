-- A rule of somebody's scheme that gives a category without a name would show its code.

select
    rules.preset,
    rules.precedence,
    rules.category

from {{ ref('preset_rules') }} as rules

left join {{ ref('preset_categories') }} as categories
    on
        rules.preset = categories.preset
        and rules.category = categories.category

where categories.category is null

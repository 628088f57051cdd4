-- What does each scheme call each combination of its levels?

with

levels as (

    select
        preset,
        axis,
        level

    from {{ ref('preset_levels') }}

),

rules as (

    select
        preset,
        precedence,
        level_1,
        level_2,
        level_3,
        category

    from {{ ref('preset_rules') }}

),

cells as (

    -- every combination there can be, whether or not anybody is in it
    select
        firsts.preset,
        firsts.level as level_1,
        coalesce(seconds.level, 'any') as level_2,
        coalesce(thirds.level, 'any') as level_3

    from levels as firsts

    left join levels as seconds
        on firsts.preset = seconds.preset and seconds.axis = 2

    left join levels as thirds
        on firsts.preset = thirds.preset and thirds.axis = 3

    where firsts.axis = 1

),

matched as (

    -- hit policy FIRST, as for our own segments
    select
        cells.preset,
        cells.level_1,
        cells.level_2,
        cells.level_3,
        rules.precedence,
        rules.category,
        row_number() over (
            partition by cells.preset, cells.level_1, cells.level_2, cells.level_3
            order by rules.precedence asc nulls last
        ) as match_rank

    from cells

    left join rules
        on
            cells.preset = rules.preset
            and {{ allows('rules.level_1', 'cells.level_1') }}
            and {{ allows('rules.level_2', 'cells.level_2') }}
            and {{ allows('rules.level_3', 'cells.level_3') }}

),

decided as (

    select
        preset,
        level_1,
        level_2,
        level_3,
        precedence,
        category

    from matched

    where match_rank = 1

)

select * from decided

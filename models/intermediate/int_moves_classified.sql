-- What kind of move is it from one category to another?

with

categories as (

    select
        dimension,
        category,
        category_rank

    from {{ ref('categories') }}

),

moves as (

    select
        precedence,
        dimension,
        from_category,
        to_category,
        direction,
        move_kind

    from {{ ref('moves') }}

),

pairs as (

    select
        origins.dimension,
        origins.category as from_category,
        destinations.category as to_category,
        case
            when destinations.category = origins.category then 'same'
            when destinations.category_rank > origins.category_rank then 'up'
            else 'down'
        end as direction

    from categories as origins

    inner join categories as destinations
        on origins.dimension = destinations.dimension

    union all

    -- from nowhere: the customer was not there before
    select
        dimension,
        cast(null as string) as from_category,
        category as to_category,
        'first' as direction

    from categories

),

matched as (

    select
        pairs.dimension,
        pairs.from_category,
        pairs.to_category,
        pairs.direction,
        moves.precedence,
        moves.move_kind,
        row_number() over (
            partition by pairs.dimension, pairs.from_category, pairs.to_category
            order by moves.precedence
        ) as match_rank

    from pairs

    left join moves
        on
            moves.dimension in (pairs.dimension, 'any')
            and moves.direction in (pairs.direction, 'any')
            and moves.from_category in (coalesce(pairs.from_category, 'any'), 'any')
            and moves.to_category in (pairs.to_category, 'any')

),

classified as (

    select
        dimension,
        from_category,
        to_category,
        direction,
        precedence,
        move_kind

    from matched

    where match_rank = 1

)

select * from classified

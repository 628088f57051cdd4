-- A rule that no pair of categories ever comes to is dead: what it was meant for is
-- decided by a rule before it.

select
    moves.precedence,
    moves.dimension,
    moves.from_category,
    moves.to_category

from {{ ref('moves') }} as moves

left join {{ ref('int_moves_classified') }} as decided
    on moves.precedence = decided.precedence

where decided.precedence is null

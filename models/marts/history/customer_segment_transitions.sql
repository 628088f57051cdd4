-- Who moved from where to where, when, after how long, and was it for the better?

with

history as (

    select
        customer_id,
        dimension,
        category,
        next_category,
        valid_from,
        valid_to

    from {{ ref('customer_segment_history') }}

    where valid_to is not null

),

moves as (

    select
        dimension,
        from_category,
        to_category,
        move_kind

    from {{ ref('int_moves_classified') }}

),

transitions as (

    -- a stay that is over ended with a move
    select
        history.customer_id,
        history.dimension,
        history.category as from_category,
        history.next_category as to_category,
        moves.move_kind,
        {{ days_between('history.valid_from', 'history.valid_to') }} as days_stayed,
        history.valid_to as moved_on

    from history

    left join moves
        on
            history.dimension = moves.dimension
            and history.category = moves.from_category
            and history.next_category = moves.to_category

)

select * from transitions

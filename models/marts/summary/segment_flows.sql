-- How many customers went from where to where, month by month?

with

flows as (

    select
        dimension,
        from_category,
        to_category,
        customers,
        observed_on

    from {{ ref('int_flows_counted') }}

),

moves as (

    select
        dimension,
        from_category,
        to_category,
        move_kind

    from {{ ref('int_moves_classified') }}

),

categories as (

    select
        dimension,
        category,
        label_en,
        label_zh

    from {{ ref('categories') }}

),

labelled as (

    select
        flows.dimension,
        flows.from_category,
        origins.label_en as from_category_label_en,
        origins.label_zh as from_category_label_zh,
        flows.to_category,
        destinations.label_en as to_category_label_en,
        destinations.label_zh as to_category_label_zh,
        moves.move_kind,
        flows.customers,
        {{ share_of(
            'flows.customers',
            'sum(flows.customers) over ('
            ~ 'partition by flows.dimension, flows.from_category, flows.observed_on)'
        ) }} as from_category_share,
        flows.observed_on

    from flows

    left join moves
        on
            flows.dimension = moves.dimension
            and flows.from_category is not distinct from moves.from_category
            and flows.to_category = moves.to_category

    left join categories as origins
        on
            flows.dimension = origins.dimension
            and flows.from_category = origins.category

    left join categories as destinations
        on
            flows.dimension = destinations.dimension
            and flows.to_category = destinations.category

)

select * from labelled

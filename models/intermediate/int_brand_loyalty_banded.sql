-- Does each customer keep to one brand, or try many?

with

observed as (

    select
        customer_id,
        orders_365d

    from {{ ref('int_customers_observed') }}

    where is_as_of

),

spend as (

    select
        customer_id,
        top_brand_share

    from {{ ref('int_spend_split') }}

),

bands as (

    select
        category,
        precedence,
        measure,
        above,
        at_least,
        below,
        up_to

    from {{ ref('int_bands_in_force') }}

    where dimension = 'brand_loyalty' and is_as_of

),

measured as (

    select
        observed.customer_id,
        observed.orders_365d,
        spend.top_brand_share

    from observed

    left join spend
        on observed.customer_id = spend.customer_id

),

matched as (

    select
        measured.customer_id,
        bands.category,
        row_number() over (
            partition by measured.customer_id order by bands.precedence
        ) as match_rank

    from measured

    inner join bands
        on
            {{ measure_falls_in(
                'measured', 'bands',
                ['orders_365d', 'top_brand_share']
            ) }}

),

banded as (

    select
        measured.customer_id,
        measured.top_brand_share,
        coalesce(matched.category, 'unknown') as brand_loyalty

    from measured

    left join matched
        on
            measured.customer_id = matched.customer_id
            and matched.match_rank = 1

)

select * from banded

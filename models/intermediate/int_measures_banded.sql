-- Which category does each number give, in dimensions that the catalogue alone defines?

{% set measures = [
    'orders', 'orders_90d', 'orders_180d', 'orders_365d', 'purchase_days',
    'days_since_first_order', 'days_since_last_order', 'net_revenue',
    'net_revenue_365d', 'age', 'annual_income', 'acquisition_cost',
    'online_order_share', 'discounted_order_share', 'top_brand_share',
    'premium_spend_share', 'eco_spend_share', 'tickets_365d',
    'tickets_per_order', 'returned_orders_365d', 'returned_order_share',
    'events_90d', 'event_days_90d', 'scores_365d', 'satisfaction_score', 'churn_probability',
    'expected_orders_90d', 'predicted_revenue_365d', 'clv_12m'
] -%}

with

profiled as (

    select
        customer_id,
        {{ measures | join(',\n        ') }}

    from {{ ref('int_customers_profiled') }}

),

dimensions as (

    select dimension
    from {{ ref('dimensions') }}

    where answered_by = 'bands'

),

bands as (

    select
        bands.dimension,
        bands.category,
        bands.precedence,
        bands.measure,
        bands.above,
        bands.at_least,
        bands.below,
        bands.up_to

    from {{ ref('int_bands_in_force') }} as bands

    inner join dimensions
        on bands.dimension = dimensions.dimension

    where bands.is_as_of

),

used as (

    -- without such a dimension no number is read
    select distinct measure
    from bands

),

measured as (

    select
        profiled.customer_id,
        used.measure,
        case used.measure
            {%- for measure in measures %}
                when '{{ measure }}' then cast(profiled.{{ measure }} as double)
            {%- endfor %}
        end as measured_value

    from profiled

    cross join used

),

matched as (

    select
        measured.customer_id,
        bands.dimension,
        bands.category,
        row_number() over (
            partition by measured.customer_id, bands.dimension order by bands.precedence
        ) as match_rank

    from measured

    inner join bands
        on
            measured.measure = bands.measure
            and measured.measured_value is not null
            and {{ falls_in('measured.measured_value', 'bands') }}

),

banded as (

    select
        profiled.customer_id,
        dimensions.dimension,
        coalesce(matched.category, 'unknown') as category

    from profiled

    cross join dimensions

    left join matched
        on
            profiled.customer_id = matched.customer_id
            and dimensions.dimension = matched.dimension
            and matched.match_rank = 1

)

select * from banded

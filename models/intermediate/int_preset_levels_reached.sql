-- Which levels of each scheme's measures does each customer reach, as of today?

{% set numbers = [
    'days_since_first_order', 'days_since_last_order', 'orders', 'orders_365d',
    'net_revenue', 'net_revenue_365d', 'recency_percentile', 'frequency_percentile',
    'monetary_percentile', 'recency_score', 'frequency_monetary_score',
    'predicted_revenue_percentile', 'order_value_ratio'
] -%}

with

measures as (

    select
        customer_id,
        {%- for number in numbers %}
            {{ number }},
        {%- endfor %}
        observed_on

    from {{ ref('int_customer_measures_gathered') }}

),

axes as (

    select
        preset,
        axis,
        measure

    from {{ ref('preset_axes') }}

),

levels as (

    -- the level of those of whom nothing is known has no bounds to fall in
    select
        preset,
        axis,
        level,
        above,
        at_least,
        below,
        up_to

    from {{ ref('preset_levels') }}

    where level <> 'none'

),

measured as (

    select
        measures.customer_id,
        measures.observed_on,
        axes.preset,
        axes.axis,
        case axes.measure
            {%- for number in numbers %}
                when '{{ number }}' then cast(measures.{{ number }} as double)
            {%- endfor %}
        end as measured_value

    from measures

    cross join axes

),

levelled as (

    select
        measured.customer_id,
        measured.observed_on,
        measured.preset,
        measured.axis,
        coalesce(levels.level, 'none') as reached_level

    from measured

    left join levels
        on
            measured.preset = levels.preset
            and measured.axis = levels.axis
            and measured.measured_value is not null
            and {{ falls_in('measured.measured_value', 'levels') }}

),

reached as (

    select
        customer_id,
        preset,
        observed_on,
        max(case when axis = 1 then reached_level end) as level_1,
        coalesce(max(case when axis = 2 then reached_level end), 'any') as level_2,
        coalesce(max(case when axis = 3 then reached_level end), 'any') as level_3

    from levelled

    group by
        customer_id,
        preset,
        observed_on

)

select * from reached

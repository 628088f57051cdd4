-- Which levels of each scheme's measures does each customer reach, as of today?

{% set numbers = [
    'days_since_first_order', 'days_since_last_order', 'orders', 'orders_365d',
    'net_revenue', 'net_revenue_365d', 'recency_percentile', 'frequency_percentile',
    'monetary_percentile', 'recency_score', 'frequency_monetary_score',
    'predicted_revenue_percentile', 'order_value_ratio', 'premium_spend_share'
] -%}
{% set dimensions = ['customer_type'] -%}

with

measures as (

    select
        customer_id,
        {%- for measure in numbers + dimensions %}
            {{ measure }},
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
        up_to,
        categories

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
        end as measured_value,
        case axes.measure
            {%- for dimension in dimensions %}
                when '{{ dimension }}' then measures.{{ dimension }}
            {%- endfor %}
        end as measured_category

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
            and case
                when levels.categories is null
                    then
                        measured.measured_value is not null
                        and {{ falls_in('measured.measured_value', 'levels') }}
                else {{ allows('levels.categories', 'measured.measured_category') }}
            end

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

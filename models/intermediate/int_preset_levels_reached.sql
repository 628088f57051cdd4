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

    -- a scheme has three at most; where it has fewer, any level will do
    select
        preset,
        max(case when axis = 1 then measure end) as measure_1,
        max(case when axis = 2 then measure end) as measure_2,
        max(case when axis = 3 then measure end) as measure_3

    from {{ ref('preset_axes') }}

    group by preset

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
        axes.preset,
        {%- for axis in [1, 2, 3] %}
            axes.measure_{{ axis }},
            case axes.measure_{{ axis }}
                {%- for number in numbers %}
                    when '{{ number }}' then cast(measures.{{ number }} as double)
                {%- endfor %}
            end as value_{{ axis }},
            case axes.measure_{{ axis }}
                {%- for dimension in dimensions %}
                    when '{{ dimension }}' then measures.{{ dimension }}
                {%- endfor %}
            end as category_{{ axis }},
        {%- endfor %}
        measures.observed_on

    from measures

    cross join axes

),

reached as (

    select
        measured.customer_id,
        measured.preset,
        {%- for axis in [1, 2, 3] %}
            case
                when measured.measure_{{ axis }} is null then 'any'
                else coalesce(levels_{{ axis }}.level, 'none')
            end as level_{{ axis }},
        {%- endfor %}
        measured.observed_on

    from measured
    {%- for axis in [1, 2, 3] %}

        left join levels as levels_{{ axis }}
            on
                measured.preset = levels_{{ axis }}.preset
                and levels_{{ axis }}.axis = {{ axis }}
                and case
                    when levels_{{ axis }}.categories is null
                        then
                            measured.value_{{ axis }} is not null
                            and {{ falls_in(
                                'measured.value_' ~ axis, 'levels_' ~ axis
                            ) }}
                    else {{ allows(
                        'levels_' ~ axis ~ '.categories', 'measured.category_' ~ axis
                    ) }}
                end
    {%- endfor %}

)

select * from reached

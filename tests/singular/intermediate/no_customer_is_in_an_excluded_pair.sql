-- excluded_pairs says which combinations the segment rules need not cover. A customer
-- found in one shows that the pair is wrong, or that two models disagree on what
-- happened.

{% set dimensions = [
    'lifecycle_stage', 'activity_status', 'value_tier', 'lifetime_value_tier',
    'purchase_frequency', 'churn_risk', 'value_potential'
] -%}

with

combinations as (

    select distinct {{ dimensions | join(', ') }}
    from {{ ref('int_segments_composed') }}

),

excluded_pairs as (

    select
        dimension_1,
        category_1,
        dimension_2,
        category_2,
        why

    from {{ ref('excluded_pairs') }}

),

contradictions as (

    select
        combinations.*,
        excluded_pairs.why

    from combinations

    inner join excluded_pairs
        on
            {% for side in ['1', '2'] -%}
                {{ 'and ' if not loop.first }}case excluded_pairs.dimension_{{ side }}
                    {%- for dimension in dimensions %}
                        when '{{ dimension }}' then combinations.{{ dimension }}
                    {%- endfor %}
                end = excluded_pairs.category_{{ side }}
            {% endfor %}
)

select * from contradictions

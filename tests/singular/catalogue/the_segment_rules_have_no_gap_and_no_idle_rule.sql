-- A decision table is only to be trusted when every combination of answers has a
-- segment and every rule is the first to match at least one: a rule that rules above it
-- have used up is dead text. Proved by trying all combinations that hold no excluded
-- pair.

{% set dimensions = [
    'lifecycle_stage', 'activity_status', 'value_tier', 'lifetime_value_tier',
    'purchase_frequency', 'churn_risk', 'value_potential'
] -%}

with

categories as (

    select
        dimension,
        category

    from {{ ref('categories') }}

    where valid_to is null

),

excluded_pairs as (

    select
        dimension_1,
        category_1,
        dimension_2,
        category_2

    from {{ ref('excluded_pairs') }}

),

segment_rules as (

    select
        {{ dimensions | join(', ') }},
        precedence,
        segment

    from {{ ref('segment_rules') }}

),

combinations as (

    select
        {%- for dimension in dimensions %}
            {{ dimension }}s.category as {{ dimension }},
        {%- endfor %}
        concat_ws(
            ' ',
            {%- for dimension in dimensions[:-1] %}
                {{ dimension }}s.category,
            {%- endfor %}
            {{ dimensions[-1] }}s.category
        ) as combination

    from categories as {{ dimensions[0] }}s

    {% for dimension in dimensions[1:] -%}
        cross join categories as {{ dimension }}s

    {% endfor -%}
    where
        {% for dimension in dimensions -%}
            {{ 'and ' if not loop.first }}{{ dimension }}s.dimension = '{{ dimension }}'
        {% endfor %}
),

attainable as (

    select combinations.*

    from combinations

    left join excluded_pairs
        on
            {% for side in ['1', '2'] -%}
                {{ 'and ' if not loop.first }}case excluded_pairs.dimension_{{ side }}
                    {%- for dimension in dimensions %}
                        when '{{ dimension }}' then combinations.{{ dimension }}
                    {%- endfor %}
                end = excluded_pairs.category_{{ side }}
            {% endfor %}
    where excluded_pairs.dimension_1 is null

),

matched as (

    select
        attainable.combination,
        segment_rules.precedence,
        row_number() over (
            partition by attainable.combination
            order by segment_rules.precedence
        ) as match_rank

    from attainable

    left join segment_rules
        on
            {% for dimension in dimensions -%}
                {{ 'and ' if not loop.first }}segment_rules.{{ dimension }}
                in (attainable.{{ dimension }}, 'any')
            {% endfor %}
),

problems as (

    select
        'no rule for this combination' as problem,
        combination as found_in

    from matched

    where precedence is null

    union all

    select
        'this rule never decides' as problem,
        concat_ws(' ', segment_rules.precedence, segment_rules.segment) as found_in

    from segment_rules

    left join matched
        on
            segment_rules.precedence = matched.precedence
            and matched.match_rank = 1

    where matched.precedence is null

)

select * from problems

{# A decision table is only to be trusted when every case has a row that decides it, and
   every row is the first to match at least one case: a row that rows above it have used
   up is dead text. Proved by trying all cases; the message names the case or the row.

   decides_every_case(
       inputs: list of columns whose cells say which cases the row is for (a code, several
           separated by |, or any); rows of one precedence decide together,
       cases: relation with one row per case and the same columns; none: all combinations
           of the categories in use of the dimensions the inputs are called after, without
           the pairs that exclude each other,
       part: column that tells one table from another, where a seed holds several
   ) #}
{% test decides_every_case(model, inputs, cases=none, part=none) %}

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

    rules as (

        select
            {{ part or "'all'" }} as part,
            precedence,
            {{ inputs | join(', ') }}

        from {{ model }}

    ),

    {% if cases -%}
    cases as (

        select distinct
            {{ part or "'all'" }} as part,
            {{ inputs | join(', ') }}

        from {{ cases }}

        {% if part -%}
        where {{ part }} in (select rules.part from rules)
        {%- endif %}

    ),
    {%- else -%}
    combinations as (

        select
            {%- for input in inputs %}
                {{ input }}s.category as {{ input }},
            {%- endfor %}
            'all' as part

        from categories as {{ inputs[0] }}s

        {% for input in inputs[1:] -%}
        cross join categories as {{ input }}s

        {% endfor -%}
        where
            {% for input in inputs -%}
            {{ 'and ' if not loop.first }}{{ input }}s.dimension = '{{ input }}'
            {% endfor %}
    ),

    cases as (

        select combinations.*

        from combinations

        left join excluded_pairs
            on
                {% for side in ['1', '2'] -%}
                {{ 'and ' if not loop.first }}case excluded_pairs.dimension_{{ side }}
                    {%- for input in inputs %}
                        when '{{ input }}' then combinations.{{ input }}
                    {%- endfor %}
                end = excluded_pairs.category_{{ side }}
                {% endfor %}
        where excluded_pairs.dimension_1 is null

    ),
    {%- endif %}

    matched as (

        select
            cases.*,
            rules.precedence,
            rank() over (
                partition by
                    cases.part
                    {%- for input in inputs %},
                    cases.{{ input }}
                    {%- endfor %}
                order by rules.precedence
            ) as match_rank

        from cases

        left join rules
            on
                cases.part = rules.part
                {% for input in inputs -%}
                and {{ allows('rules.' ~ input, 'cases.' ~ input) }}
                {% endfor %}
    ),

    problems as (

        select
            'no row decides this case' as problem,
            concat_ws(' ', part, {{ inputs | join(', ') }}) as found_in

        from matched

        where precedence is null

        union all

        select
            'this row never decides' as problem,
            concat_ws(
                ' ', rules.part, rules.precedence
                {%- for input in inputs %}, rules.{{ input }}{% endfor %}
            ) as found_in

        from rules

        left join matched
            on
                rules.part = matched.part
                and rules.precedence = matched.precedence
                and matched.match_rank = 1
                {% for input in inputs -%}
                and {{ allows('rules.' ~ input, 'matched.' ~ input) }}
                {% endfor %}
        where matched.precedence is null

    )

    select * from problems

{% endtest %}

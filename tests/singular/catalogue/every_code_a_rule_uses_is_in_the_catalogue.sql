-- A misspelt code would never match, or would name a category nobody has defined:
-- silently.

{% set asked_for = [
    'lifecycle_stage', 'activity_status', 'value_tier', 'lifetime_value_tier',
    'purchase_frequency', 'churn_risk', 'value_potential'
] -%}

with

categories as (

    select
        dimension,
        category,
        successor

    from {{ ref('categories') }}

),

dimensions as (

    select dimension
    from {{ ref('dimensions') }}

),

used as (

    select
        'bands' as used_in,
        dimension,
        category

    from {{ ref('bands') }}

    union all

    select distinct
        'word_mappings' as used_in,
        dimension,
        category

    from {{ ref('word_mappings') }}

    union all

    select
        'rfm_groups' as used_in,
        'rfm_group' as dimension,
        rfm_group as category

    from {{ ref('rfm_groups') }}

    union all

    select
        'segment_rules' as used_in,
        'segment' as dimension,
        segment as category

    from {{ ref('segment_rules') }}

    {% for dimension in asked_for -%}
        union all

        select
            'segment_rules' as used_in,
            '{{ dimension }}' as dimension,
            {{ dimension }} as category

        from {{ ref('segment_rules') }}

        where coalesce({{ dimension }} <> 'any', true)

    {% endfor -%}

    {% for dimension in ['segment', 'satisfaction'] -%}
        union all

        select
            'playbook' as used_in,
            '{{ dimension }}' as dimension,
            {{ dimension }} as category

        from {{ ref('playbook') }}

        where {{ dimension }} <> 'any'

    {% endfor -%}

    union all

    select
        'excluded_pairs' as used_in,
        dimension_1 as dimension,
        category_1 as category

    from {{ ref('excluded_pairs') }}

    union all

    select
        'excluded_pairs' as used_in,
        dimension_2 as dimension,
        category_2 as category

    from {{ ref('excluded_pairs') }}

    union all

    select
        'categories' as used_in,
        dimension,
        successor as category

    from categories

    where successor is not null

),

unknown_codes as (

    select distinct
        used.used_in,
        used.dimension,
        used.category

    from used

    left join categories
        on
            used.dimension = categories.dimension
            and used.category = categories.category

    where categories.category is null

    union all

    -- a dimension without a name, and a name without categories
    select
        'dimensions' as used_in,
        coalesce(dimensions.dimension, categories.dimension) as dimension,
        categories.category

    from dimensions

    full outer join categories
        on dimensions.dimension = categories.dimension

    where dimensions.dimension is null or categories.category is null

)

select * from unknown_codes

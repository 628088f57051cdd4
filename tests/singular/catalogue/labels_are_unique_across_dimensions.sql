-- Two categories of one name cannot be told apart in a report, and a name with two
-- translations cannot be told to be one thing. `none` and `unknown` mean the same
-- everywhere.

with

categories as (

    select
        dimension,
        category,
        label_en,
        label_zh

    from {{ ref('categories') }}

),

names as (

    select
        'en' as label_language,
        lower({{ trim_spaces('label_en') }}) as label_text,
        label_zh as translated_label,
        dimension,
        category

    from categories

    union all

    select
        'zh' as label_language,
        lower({{ trim_spaces('label_zh') }}) as label_text,
        label_en as translated_label,
        dimension,
        category

    from categories

),

shared as (

    select
        label_language,
        label_text,
        min(concat(dimension, ' ', category)) as first_category,
        max(concat(dimension, ' ', category)) as last_category,
        case
            when coalesce(label_text, '') = '' then 'a category without a name'
            when count(distinct translated_label) > 1
                then 'one name, several translations'
            else 'several categories of one name'
        end as problem

    from names

    group by
        label_language,
        label_text

    having
        label_text is null
        or label_text = ''
        or count(distinct translated_label) > 1
        or (
            count(*) > 1
            and count(case when category in ('none', 'unknown') then 1 end) < count(*)
        )

)

select * from shared

-- Two categories of one name cannot be told apart in a report, and a name with two
-- translations cannot be told to be one thing. `none` and `unknown` mean the same everywhere.

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
        'en' as language,
        lower(trim(label_en)) as label,
        label_zh as translation,
        dimension,
        category

    from categories

    union all

    select
        'zh' as language,
        lower(trim(label_zh)) as label,
        label_en as translation,
        dimension,
        category

    from categories

),

shared as (

    select
        language,
        label,
        count(*) as categories_found,
        count(distinct translation) as translations_found

    from names

    group by
        language,
        label

    having
        label is null
        or label = ''
        or count(distinct translation) > 1
        or (
            count(*) > 1
            and count(case when category in ('none', 'unknown') then 1 end) < count(*)
        )

)

select * from shared

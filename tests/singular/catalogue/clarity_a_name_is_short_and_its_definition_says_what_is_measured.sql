-- Clarity (明确性): a code is a slug, a label fits a column heading, and a definition says
-- what is measured, in the words its dimension lists in measure_en and measure_zh.
-- (`none` and `unknown` say what is missing.)

with

dimensions as (

    select
        dimension,
        measure_en,
        measure_zh

    from {{ ref('dimensions') }}

),

categories as (

    select
        dimension,
        category,
        label_en,
        label_zh,
        definition_en,
        definition_zh

    from {{ ref('categories') }}

),

measure_words as (

    {% for language in ['en', 'zh'] -%}
        {% for place in range(1, 7) -%}
            select
                '{{ language }}' as label_language,
                dimension,
                split_part(measure_{{ language }}, '|', {{ place }}) as measure_word

            from dimensions

            where split_part(measure_{{ language }}, '|', {{ place }}) <> ''

            {{ 'union all' if not (loop.last and language == 'zh') }}

        {% endfor -%}
    {% endfor %}
),

names as (

    select
        dimension,
        category,
        'en' as label_language,
        label_en as label_text,
        lower(definition_en) as definition_text,
        40 as longest_label,
        140 as longest_definition

    from categories

    union all

    select
        dimension,
        category,
        'zh' as label_language,
        label_zh as label_text,
        definition_zh as definition_text,
        14 as longest_label,
        70 as longest_definition

    from categories

),

unmeasured as (

    select distinct
        names.dimension,
        names.category,
        names.label_language

    from names

    inner join measure_words
        on
            names.dimension = measure_words.dimension
            and names.label_language = measure_words.label_language

    left join measure_words as found_words
        on
            names.dimension = found_words.dimension
            and names.label_language = found_words.label_language
            and contains(names.definition_text, found_words.measure_word)

    where
        found_words.measure_word is null
        and names.category not in ('none', 'unknown', 'not_applicable')

),

problems as (

    select
        dimension,
        category,
        'a code is lower-case letters, digits and _' as problem

    from categories

    where
        coalesce(category <> lower(category), true)
        or translate(category, 'abcdefghijklmnopqrstuvwxyz0123456789_', '') <> ''

    union all

    select
        dimension,
        category,
        concat(label_language, ': no label, or one that is too long') as problem

    from names

    where coalesce(length(label_text) not between 1 and longest_label, true)

    union all

    select
        dimension,
        category,
        concat(label_language, ': no definition, or one that is too long') as problem

    from names

    where coalesce(length(definition_text) not between 4 and longest_definition, true)

    union all

    select
        dimension,
        category,
        concat(label_language, ': the definition does not name its measure') as problem

    from unmeasured

)

select * from problems

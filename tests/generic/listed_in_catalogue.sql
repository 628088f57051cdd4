{# Each column, named like its dimension, holds in every row a code of the catalogue that is in use
   on the row's date; where the row has labels too, they are the catalogue's.

   listed_in_catalogue(
       columns: list of column names, each the name of a dimension,
       labelled: boolean, whether each has its _label_en and _label_zh beside it
   ); the model has an observed_on #}
{% test listed_in_catalogue(model, columns, labelled=false) %}

    with

    categories as (

        select
            dimension,
            category,
            label_en,
            label_zh,
            valid_from,
            valid_to

        from {{ ref('categories') }}

    ),

    combinations as (

        -- read once, however many the columns
        select distinct
            {%- for column in columns %}
                {{ column }},
                {%- if labelled %}
                    {{ column }}_label_en,
                    {{ column }}_label_zh,
                {%- endif %}
            {%- endfor %}
            observed_on

        from {{ model }}

    ),

    given as (

        {% for column in columns -%}
            select distinct
                '{{ column }}' as dimension,
                {{ column }} as category,
                {% if labelled -%}
                    {{ column }}_label_en as label_en,
                    {{ column }}_label_zh as label_zh,
                {% endif -%}
                observed_on

            from combinations

            {% if not loop.last -%}
                union all

            {% endif -%}
        {% endfor %}
    ),

    unlisted as (

        select given.*

        from given

        left join categories
            on
                given.dimension = categories.dimension
                and given.category = categories.category
                {% if labelled -%}
                    and given.label_en = categories.label_en
                    and given.label_zh = categories.label_zh
                {% endif -%}
                and coalesce(given.observed_on >= categories.valid_from, true)
                and coalesce(given.observed_on < categories.valid_to, true)

        where categories.category is null

    )

    select * from unlisted

{% endtest %}

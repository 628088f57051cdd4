-- The answers are joined on customer and date: one given twice would double a customer
-- in every mart, one left out would drop it. Each answer starts from the signals, whose
-- grain is tested; so it is enough that all have as many rows.

{% set answers = [
    'int_lifecycle_staged', 'int_activity_classified', 'int_value_tiered',
    'int_frequency_banded', 'int_rfm_grouped', 'int_churn_risk_scored',
    'int_value_potential_projected', 'int_channel_banded',
    'int_price_sensitivity_banded', 'int_segments_composed'
] -%}

with

observed as (

    select count(*) as rows_expected
    from {{ ref('int_customers_observed') }}

),

answers as (

    {% for answer in answers -%}
        select
            '{{ answer }}' as answer,
            count(*) as rows_found

        from {{ ref(answer) }}

        {% if not loop.last -%}
            union all

        {% endif -%}
    {% endfor %}
),

compared as (

    select
        answers.answer,
        answers.rows_found,
        observed.rows_expected

    from answers

    inner join observed
        on answers.rows_found <> observed.rows_expected

)

select * from compared

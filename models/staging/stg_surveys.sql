-- What did customers say they want?

with

accepted as (

    select
        survey_id,
        raw_customer_id,
        question,
        raw_answer,
        answered_on

    from {{ ref('base_surveys') }}

    where reject_reasons = ''

)

select * from accepted

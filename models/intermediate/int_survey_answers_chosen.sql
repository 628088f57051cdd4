-- What did each customer last answer to each question, as far as it still counts?

with

today as (

    select observed_on
    from {{ ref('int_observation_dates') }}

    where is_as_of

),

answers as (

    select
        survey_id,
        raw_customer_id,
        question,
        raw_answer,
        answered_on

    from {{ ref('stg_surveys') }}

),

identified as (

    select
        raw_customer_id,
        customer_id

    from {{ ref('int_customers_identified') }}

),

ranked as (

    -- the survey id decides between two answers of one day
    select
        identified.customer_id,
        answers.question,
        answers.raw_answer,
        answers.answered_on,
        row_number() over (
            partition by identified.customer_id, answers.question
            order by answers.answered_on desc, answers.survey_id desc
        ) as newest_rank

    from answers

    inner join identified
        on answers.raw_customer_id = identified.raw_customer_id

    inner join today
        on
            answers.answered_on <= today.observed_on
            and {{ days_between('answers.answered_on', 'today.observed_on') }}
            <= {{ var('answer_valid_days') }}

),

chosen as (

    select
        customer_id,
        question,
        raw_answer,
        answered_on

    from ranked

    where newest_rank = 1

)

select * from chosen

-- What did customers say, month by month: how satisfied are they, what do they need?

with

feedback as (

    select
        raw_customer_id,
        feedback_type,
        score,
        given_on

    from {{ ref('stg_feedback') }}

),

surveys as (

    select
        raw_customer_id,
        raw_answer,
        answered_on

    from {{ ref('stg_surveys') }}

    where question = 'need'

),

words as (

    select
        raw_word,
        category

    from {{ ref('word_mappings') }}

    where dimension = 'need'

),

bands as (

    select
        category,
        measure,
        above,
        at_least,
        below,
        up_to,
        observed_on

    from {{ ref('int_bands_in_force') }}

    where dimension = 'satisfaction'

),

clock as (

    select
        observed_on,
        previous_observed_on

    from {{ ref('int_observation_dates') }}

),

identified as (

    select
        raw_customer_id,
        customer_id

    from {{ ref('int_customers_identified') }}

),

scored as (

    select
        feedback.raw_customer_id,
        'satisfaction' as dimension,
        bands.category,
        feedback.given_on as said_on,
        clock.observed_on

    from feedback

    inner join clock
        on
            feedback.given_on <= clock.observed_on
            and (
                clock.previous_observed_on is null
                or feedback.given_on > clock.previous_observed_on
            )

    inner join bands
        on
            clock.observed_on = bands.observed_on
            and feedback.feedback_type = bands.measure
            and {{ falls_in('feedback.score', 'bands') }}

),

needed as (

    select
        surveys.raw_customer_id,
        'need' as dimension,
        words.category,
        surveys.answered_on as said_on,
        clock.observed_on

    from surveys

    inner join words
        on surveys.raw_answer = words.raw_word

    inner join clock
        on
            surveys.answered_on <= clock.observed_on
            and (
                clock.previous_observed_on is null
                or surveys.answered_on > clock.previous_observed_on
            )

),

said as (

    select * from scored

    union all

    select * from needed

),

judged as (

    select
        identified.customer_id,
        said.dimension,
        said.category,
        said.said_on,
        said.observed_on

    from said

    inner join identified
        on said.raw_customer_id = identified.raw_customer_id

)

select * from judged

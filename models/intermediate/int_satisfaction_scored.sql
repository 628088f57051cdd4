-- How satisfied is each customer, by the newest score they gave?

with

today as (

    select observed_on
    from {{ ref('int_observation_dates') }}

    where is_as_of

),

customers as (

    select customer_id
    from {{ ref('int_customers') }}

),

feedback as (

    select
        feedback_id,
        raw_customer_id,
        feedback_type,
        score,
        given_on

    from {{ ref('stg_feedback') }}

),

identified as (

    select
        raw_customer_id,
        customer_id

    from {{ ref('int_customers_identified') }}

),

bands as (

    select
        category,
        precedence,
        measure,
        above,
        at_least,
        below,
        up_to

    from {{ ref('int_bands_in_force') }}

    where dimension = 'satisfaction' and is_as_of

),

ranked as (

    -- a score outside every band of its scale, 99 of 5, is a slip and says nothing
    select
        identified.customer_id,
        feedback.feedback_type,
        feedback.score,
        feedback.given_on,
        bands.category,
        count(*) over (partition by identified.customer_id) as scores_365d,
        row_number() over (
            partition by identified.customer_id
            order by
                feedback.given_on desc,
                bands.precedence asc,
                feedback.feedback_id desc
        ) as newest_rank

    from feedback

    inner join identified
        on feedback.raw_customer_id = identified.raw_customer_id

    inner join today
        on
            feedback.given_on <= today.observed_on
            and {{ days_between('feedback.given_on', 'today.observed_on') }}
            <= {{ var('answer_valid_days') }}

    inner join bands
        on
            feedback.feedback_type = bands.measure
            and {{ falls_in('feedback.score', 'bands') }}

),

scored as (

    select
        customers.customer_id,
        ranked.feedback_type as satisfaction_scale,
        ranked.score as satisfaction_score,
        ranked.given_on as satisfaction_given_on,
        coalesce(ranked.scores_365d, 0) as scores_365d,
        coalesce(ranked.category, 'unknown') as satisfaction

    from customers

    left join ranked
        on
            customers.customer_id = ranked.customer_id
            and ranked.newest_rank = 1

)

select * from scored

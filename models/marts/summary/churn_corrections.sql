-- Are churn probabilities corrected, and what spoke for or against it?

with

decided as (

    select
        fitted_through,
        decision,
        is_used,
        n_origins,
        model_brier_score,
        corrected_brier_score,
        improvement,
        improvement_se

    from {{ source('parameters', 'churn_corrections') }}

),

clock as (

    select max(observed_on) as as_of_on
    from {{ ref('int_observation_dates') }}

),

decisions as (

    select
        correction_decision,
        label_en,
        label_zh

    from {{ ref('correction_decisions') }}

),

labelled as (

    select
        decided.fitted_through,
        decided.decision as correction_decision,
        decisions.label_en as correction_decision_label_en,
        decisions.label_zh as correction_decision_label_zh,
        decided.is_used,
        decided.n_origins,
        decided.model_brier_score,
        decided.corrected_brier_score,
        decided.improvement,
        decided.improvement_se

    from decided

    inner join clock
        on decided.fitted_through <= clock.as_of_on

    left join decisions
        on decided.decision = decisions.correction_decision

)

select * from labelled

-- By what numbers is the churn model corrected on each observation date, if at all?

with

fits as (

    select
        observed_on,
        fitted_through,
        r,
        alpha

    from {{ ref('int_churn_parameters_in_force') }}

),

decisions as (

    -- off unless it has beaten the model on dates it had not seen
    select
        fitted_through,
        level

    from {{ source('parameters', 'churn_corrections') }}

    where is_used

),

coefficients as (

    select
        fitted_through,
        feature,
        mean,
        scale,
        coefficient

    from {{ source('parameters', 'churn_correction_coefficients') }}

),

in_force as (

    select
        fits.observed_on,
        fits.fitted_through,
        fits.r,
        fits.alpha,
        decisions.level,
        coefficients.feature,
        coefficients.mean,
        coefficients.scale,
        coefficients.coefficient

    from fits

    inner join decisions
        on fits.fitted_through = decisions.fitted_through

    inner join coefficients
        on fits.fitted_through = coefficients.fitted_through

)

select * from in_force

-- Which fit of the churn and value models holds on each observation date?

with

dates as (

    select
        observed_on,
        is_as_of

    from {{ ref('int_observation_dates') }}

),

fits as (

    -- one that did not converge never holds
    select
        fitted_through,
        is_provisional,
        method,
        r,
        alpha,
        a,
        b,
        value_method,
        p,
        q,
        v,
        mean_purchase_value,
        credibility_k

    from {{ source('parameters', 'churn_model_fits') }}

    where has_converged or method = 'prior'

),

ranked as (

    -- a fit knows nothing of the future; data come before the prior, a quarter-end
    -- before a young shop's provisional fit, the newer before the older
    select
        dates.observed_on,
        dates.is_as_of,
        fits.fitted_through,
        fits.is_provisional,
        fits.method,
        fits.r,
        fits.alpha,
        fits.a,
        fits.b,
        fits.value_method,
        fits.p,
        fits.q,
        fits.v,
        fits.mean_purchase_value,
        fits.credibility_k,
        row_number() over (
            partition by dates.observed_on
            order by
                case when fits.method = 'prior' then 1 else 0 end asc,
                case when fits.is_provisional then 1 else 0 end asc,
                fits.fitted_through desc
        ) as preference

    from dates

    left join fits
        on dates.observed_on >= fits.fitted_through

),

in_force as (

    select
        observed_on,
        is_as_of,
        fitted_through,
        is_provisional,
        method,
        r,
        alpha,
        a,
        b,
        value_method,
        p,
        q,
        v,
        mean_purchase_value,
        credibility_k

    from ranked

    where preference = 1

)

select * from in_force

-- At which drop-out probabilities, and how heavily weighted, is a future summed up?

with

observed as (

    select distinct
        observed_on,
        purchase_days

    from {{ ref('int_customers_observed') }}

    where purchase_days > 0

),

fits as (

    select
        observed_on,
        fitted_through,
        a,
        b

    from {{ ref('int_churn_parameters_in_force') }}

    where fitted_through is not null

),

dropouts as (

    -- among those alive the probability that an order is the last is Beta(a, b_alive)
    select distinct
        fits.fitted_through,
        observed.purchase_days,
        fits.a,
        fits.b + observed.purchase_days as b_alive

    from observed

    inner join fits
        on observed.observed_on = fits.observed_on

),

spaced as (

    select
        fitted_through,
        purchase_days,
        a,
        b_alive,
        ln(a / b_alive) as peak,
        {{ churn_quadrature_width('a', 'b_alive') }} as width

    from dropouts

),

placed as (

    select
        spaced.fitted_through,
        spaced.purchase_days,
        spaced.a,
        spaced.b_alive,
        spaced.width,
        quadrature_steps.step_number,
        spaced.peak + quadrature_steps.step_number * spaced.width as logit

    from spaced

    cross join {{ churn_quadrature_steps() }}

),

dense as (

    select
        fitted_through,
        purchase_days,
        step_number,
        1 / (1 + exp(-logit)) as p_dropout,
        {{ churn_quadrature_density('a', 'b_alive', 'logit', 'step_number', 'width') }}
            as density

    from placed

),

weighted as (

    -- weights add up to one; what is summed has p in its denominator: that is here too
    select
        fitted_through,
        purchase_days,
        step_number,
        p_dropout,
        density
        / sum(density) over (partition by fitted_through, purchase_days)
        / p_dropout as weight_per_p

    from dense

)

select * from weighted

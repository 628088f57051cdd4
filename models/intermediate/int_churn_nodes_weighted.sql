-- At which drop-out probabilities, and how heavily weighted, is a future summed up?

with

profiles as (

    select
        fitted_through,
        purchase_days,
        a,
        b

    from {{ ref('int_churn_profiles_listed') }}

),

dropouts as (

    -- among those alive the probability that an order is the last is Beta(a, b_alive)
    select distinct
        fitted_through,
        purchase_days,
        a,
        b + purchase_days as b_alive

    from profiles

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

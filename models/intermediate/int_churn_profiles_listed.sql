-- Which purchase histories occur under which fit of the churn model?

-- Expected orders are P(alive) times an integral that depends on the number of purchase
-- days and the age alone, and only these are listed: a million customers with thirteen
-- million orders have 674,121 histories with the day of the last order, 88,444 without.

with

observed as (

    select
        observed_on,
        is_as_of,
        purchase_days,
        days_since_first_order

    from {{ ref('int_customers_observed') }}

    where purchase_days > 0

),

in_force as (

    select
        observed_on,
        fitted_through,
        r,
        alpha,
        a,
        b

    from {{ ref('int_churn_parameters_in_force') }}

    where fitted_through is not null

),

fits as (

    select distinct
        fitted_through,
        r,
        alpha,
        a,
        b

    from in_force

),

occurring as (

    select
        in_force.fitted_through,
        observed.purchase_days,
        observed.days_since_first_order,
        bool_or(observed.is_as_of) as occurs_today

    from observed

    inner join in_force
        on observed.observed_on = in_force.observed_on

    group by
        in_force.fitted_through,
        observed.purchase_days,
        observed.days_since_first_order

),

listed as (

    select
        occurring.fitted_through,
        occurring.purchase_days,
        occurring.days_since_first_order,
        fits.r,
        fits.alpha,
        fits.a,
        fits.b,
        occurring.occurs_today

    from occurring

    inner join fits
        on occurring.fitted_through = fits.fitted_through

)

select * from listed

-- What was known on each date, and which fits held, in one word that changes with them?

with

facts as (

    select
        observed_on,
        is_as_of,
        digest

    from {{ ref('int_facts_digested') }}

),

fits as (

    select * from {{ ref('int_churn_parameters_in_force') }}

),

fits_digested as (

    {{ row_digests('fits', day='observed_on') }}

),

digested as (

    select
        facts.observed_on,
        facts.is_as_of,
        concat_ws(' ', facts.digest, cast(fits_digested.digest as string)) as digest

    from facts

    left join fits_digested
        on facts.observed_on = fits_digested.day

)

select * from digested

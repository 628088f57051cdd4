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

corrections as (

    select * from {{ ref('int_churn_corrections_in_force') }}

),

premises as (

    {{ row_digests('fits', day='observed_on') }}

    union all

    {{ row_digests('corrections', day='observed_on') }}

),

summed as (

    select
        day,
        sum(digest) as digest

    from premises

    group by day

),

digested as (

    select
        facts.observed_on,
        facts.is_as_of,
        concat_ws(' ', facts.digest, cast(summed.digest as string)) as digest

    from facts

    left join summed
        on facts.observed_on = summed.day

)

select * from digested

-- How many customers came from which category to which since the look before?

{{ kept_between_runs('int_premises_digested') }}

with

changes as (

    select
        dimension,
        category,
        previous_category,
        observed_on

    from {{ ref('int_category_changes_found') }}

    where {{ is_open('observed_on') }}

),

counted as (

    select
        dimension,
        previous_category,
        category,
        observed_on,
        count(*) as customers

    from changes

    group by
        dimension,
        previous_category,
        category,
        observed_on

)

select * from counted

-- From which day to which do the same bands of the catalogue hold?

with

as_of as (

    select observed_on
    from {{ ref('int_observation_dates') }}

    where is_as_of

),

bands as (

    select
        valid_from,
        valid_to

    from {{ ref('bands') }}

),

changes as (

    select cast('0001-01-01' as date) as ruled_from
    {%- if var('rules_in_force') == 'of_the_day' %}

        union

        select valid_from as ruled_from
        from bands

        union

        select valid_to as ruled_from
        from bands
    {%- endif %}

),

periods as (

    -- a rule of tomorrow changes nothing yet
    select
        changes.ruled_from,
        coalesce(
            lead(changes.ruled_from) over (order by changes.ruled_from),
            cast('9999-12-31' as date)
        ) as ruled_until,
        {{ rule_day('changes.ruled_from', 'as_of.observed_on') }} as ruled_on

    from changes

    inner join as_of
        on changes.ruled_from <= as_of.observed_on

)

select * from periods

-- Who came to another age band, on which day?

with

moments as (

    select
        customer_id,
        born_on,
        happened_on

    from {{ ref('int_age_moments') }}

),

bands as (

    select
        category,
        above,
        at_least,
        below,
        up_to,
        valid_from,
        valid_to

    from {{ ref('bands') }}

    where dimension = 'age_band'

),

periods as (

    select
        ruled_from,
        ruled_until,
        ruled_on

    from {{ ref('int_rule_periods') }}

),

aged as (

    select
        moments.customer_id,
        moments.happened_on,
        periods.ruled_on,
        {{ years_between('moments.born_on', 'moments.happened_on') }} as age

    from moments

    inner join periods
        on
            moments.happened_on >= periods.ruled_from
            and moments.happened_on < periods.ruled_until

),

banded as (

    select
        aged.customer_id,
        aged.happened_on,
        coalesce(bands.category, 'unknown') as age_band

    from aged

    left join bands
        on
            aged.age between 0 and {{ var('highest_age') }}
            and {{ falls_in('aged.age', 'bands') }}
            and coalesce(aged.ruled_on >= bands.valid_from, true)
            and coalesce(aged.ruled_on < bands.valid_to, true)

),

changes as (

    {{ changes_of('banded', day='happened_on', dimensions=['age_band']) }}

)

select * from changes

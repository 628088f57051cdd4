-- A value in two bands would double its customer, a value in none would leave it
-- without an answer. Every measure moves in steps, so it is enough to try each bound
-- and the step on either side of it: between those, nothing changes. Tried on the first
-- day of all and on every day on which a band begins or ends.

with

measures as (

    select
        measure,
        lowest,
        highest,
        step

    from {{ ref('measures') }}

),

-- these answer for some customers and leave the rest to the bands tried after them
partial_measures (dimension, measure) as (

    values
    ('lifecycle_stage', 'orders_365d'),
    ('activity_status', 'orders'),
    ('activity_status', 'days_since_joining'),
    ('activity_status', 'days_since_return'),
    ('channel', 'orders_365d'),
    ('price_sensitivity', 'orders_365d'),
    ('brand_loyalty', 'orders_365d'),
    ('need', 'orders_365d'),
    ('need', 'is_price_sensitive'),
    ('need', 'tickets_per_order'),
    ('need', 'premium_spend_share'),
    ('need', 'returned_order_share')

),

bands as (

    select
        dimension,
        category,
        measure,
        above,
        at_least,
        below,
        up_to,
        coalesce(valid_from, cast('0001-01-01' as date)) as valid_from,
        coalesce(valid_to, cast('9999-12-31' as date)) as valid_to

    from {{ ref('bands') }}

),

rule_days as (

    -- within a dimension rules change on these days only
    select
        dimension,
        measure,
        valid_from as ruled_on

    from bands

    union

    select
        dimension,
        measure,
        valid_to as ruled_on

    from bands

    where valid_to < cast('9999-12-31' as date)

),

bounds as (

    {% for bound in ['above', 'at_least', 'below', 'up_to'] -%}
        select
            dimension,
            measure,
            {{ bound }} as bound

        from bands

        where {{ bound }} is not null

        union all

    {% endfor -%}
    select
        bands.dimension,
        bands.measure,
        coalesce(measures.lowest, 0) as bound

    from bands

    left join measures
        on bands.measure = measures.measure

),

trials as (

    select distinct
        bounds.dimension,
        bounds.measure,
        rule_days.ruled_on,
        bounds.bound + steps.step_count * coalesce(measures.step, 0) as tried_value

    from bounds

    cross join (values (-1), (0), (1)) as steps (step_count)

    inner join rule_days
        on
            bounds.dimension = rule_days.dimension
            and bounds.measure = rule_days.measure

    left join measures
        on bounds.measure = measures.measure

    where
        measures.measure is null
        or bounds.bound + steps.step_count * measures.step
        between measures.lowest and measures.highest

),

counted as (

    select
        trials.dimension,
        trials.measure,
        trials.ruled_on,
        trials.tried_value,
        count(bands.category) as bands_found

    from trials

    left join bands
        on
            trials.dimension = bands.dimension
            and trials.measure = bands.measure
            and trials.ruled_on >= bands.valid_from
            and trials.ruled_on < bands.valid_to
            and {{ falls_in('trials.tried_value', 'bands') }}

    group by
        trials.dimension,
        trials.measure,
        trials.ruled_on,
        trials.tried_value

),

wrong as (

    -- a measure nobody knows the range of is wrong too
    select
        counted.dimension,
        counted.measure,
        counted.ruled_on,
        counted.tried_value,
        counted.bands_found,
        case
            when measures.measure is null
                then 'add the measure to seeds/catalogue/measures.csv'
            when counted.bands_found = 0 then 'no band holds this value'
            else 'several bands hold this value'
        end as problem

    from counted

    left join measures
        on counted.measure = measures.measure

    left join partial_measures
        on
            counted.dimension = partial_measures.dimension
            and counted.measure = partial_measures.measure

    where
        measures.measure is null
        or counted.bands_found > 1
        or (counted.bands_found = 0 and partial_measures.measure is null)

)

select * from wrong

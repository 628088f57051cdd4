-- A value in two bands would double its customer, a value in none would leave it
-- without an answer. Every measure moves in steps, so it is enough to try each bound
-- and the step on either side of it: between those, nothing changes.

with

-- lowest, highest and smallest step of what can be measured; percentiles are ranks of
-- whoever is ranked, money is ranked where it is positive
measures (measure, lowest, highest, step) as (

    values
    ('orders', 0, 1e9, 1),
    ('orders_365d', 0, 1e9, 1),
    ('days_since_joining', 0, 1e9, 1),
    ('days_since_return', 0, 1e9, 1),
    ('days_since_last_order', 0, 1e9, 1),
    ('revenue_percentile', 1e-9, 1 - 1e-9, 1e-9),
    ('churn_probability', 0, 1, 1e-9),
    ('odds_ratio', 0, 1e9, 1e-9),
    ('money', 0.01, 1e9, 0.01)

),

-- these answer for some customers and leave the rest to the bands tried after them
partial_measures (dimension, measure) as (

    values
    ('lifecycle_stage', 'orders_365d'),
    ('activity_status', 'orders'),
    ('activity_status', 'days_since_joining'),
    ('activity_status', 'days_since_return')

),

bands as (

    select
        dimension,
        category,
        measure,
        above,
        at_least,
        below,
        up_to

    from {{ ref('bands') }}

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
        bounds.bound + steps.step_count * coalesce(measures.step, 0) as tried_value

    from bounds

    cross join (values (-1), (0), (1)) as steps (step_count)

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
        trials.tried_value,
        count(bands.category) as bands_found

    from trials

    left join bands
        on
            trials.dimension = bands.dimension
            and trials.measure = bands.measure
            and {{ falls_in('trials.tried_value', 'bands') }}

    group by
        trials.dimension,
        trials.measure,
        trials.tried_value

),

wrong as (

    -- a measure nobody knows the range of is wrong too
    select
        counted.dimension,
        counted.measure,
        counted.tried_value,
        counted.bands_found

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

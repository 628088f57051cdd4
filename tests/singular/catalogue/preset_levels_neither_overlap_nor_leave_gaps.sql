-- A number in two levels of a scheme would put its customer in two cells, a number in
-- none would leave the customer out. Trying each bound and a little on either side of
-- it is enough: between those, nothing changes.

with

levels as (

    select
        preset,
        axis,
        level,
        above,
        at_least,
        below,
        up_to

    from {{ ref('preset_levels') }}

    where level <> 'none' and categories is null

),

bounds as (

    {% for bound in ['above', 'at_least', 'below', 'up_to'] -%}
        select
            preset,
            axis,
            {{ bound }} as bound

        from levels

        where {{ bound }} is not null

        {{ 'union all' if not loop.last }}

    {% endfor %}
),

trials as (

    select distinct
        bounds.preset,
        bounds.axis,
        bounds.bound + steps.step as tried_value

    from bounds

    cross join (values (-1e-9), (0), (1e-9)) as steps (step)

),

wrong as (

    select
        trials.preset,
        trials.axis,
        trials.tried_value,
        count(levels.level) as levels_found

    from trials

    left join levels
        on
            trials.preset = levels.preset
            and trials.axis = levels.axis
            and {{ falls_in('trials.tried_value', 'levels') }}

    group by
        trials.preset,
        trials.axis,
        trials.tried_value

    having count(levels.level) <> 1

)

select * from wrong

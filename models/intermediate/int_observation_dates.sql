-- The clock: on which dates do we look?

with

orders as (

    select
        is_free,
        ordered_on,
        loaded_on

    from {{ ref('int_orders_valued') }}

),

customers as (

    select loaded_on
    from {{ ref('base_customers') }}

),

bounds as (

    select
        min(ordered_on) as first_ordered_on,
        max(case when ordered_on <= loaded_on and not is_free then ordered_on end)
            as last_ordered_on

    from orders

),

loads as (

    select max(loaded_on) as loaded_on
    from customers

),

as_of as (

    -- today is the last day the shop sold something, unless a date was asked for
    select
        coalesce(
            {{ date_var('as_of_date') }},
            bounds.last_ordered_on,
            loads.loaded_on
        ) as as_of_on,
        bounds.first_ordered_on

    from bounds

    cross join loads

),

days as (

    select
        as_of_on,
        {{ each_day('least(first_ordered_on, as_of_on)', 'as_of_on') }} as observed_on

    from as_of

),

clock as (

    select
        observed_on,
        observed_on = as_of_on as is_as_of,
        observed_on = last_day(observed_on) as is_month_end

    from days

    where
        observed_on = as_of_on
        {%- if var('clock') == 'month_ends' %}
            or observed_on = last_day(observed_on)
        {%- endif %}

),

spaced as (

    select
        observed_on,
        is_as_of,
        is_month_end,
        lag(observed_on) over (order by observed_on) as previous_observed_on

    from clock

)

select * from spaced

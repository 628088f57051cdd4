-- What is one unit of each currency worth, on each day?

with

accepted as (

    select
        currency,
        rate_on,
        rate

    from {{ ref('base_exchange_rates') }}

    where reject_reasons = ''

),

spanned as (

    -- a rate holds until the next one, but not for ever
    select
        currency,
        rate,
        rate_on as holds_from,
        least(
            {{ add_days(
                'lead(rate_on) over (partition by currency order by rate_on)', -1
            ) }},
            {{ add_days('rate_on', var('max_rate_age_days')) }}
        ) as holds_through

    from accepted

),

daily as (

    select
        currency,
        rate,
        {{ each_day('holds_from', 'holds_through') }} as rate_on

    from spanned

)

select * from daily

-- What does each raw exchange rate row say, and can it be believed?

with

source as (

    select
        currency,
        rate_on,
        rate,
        updated_at,
        load_id,
        source_line,
        loaded_on

    from {{ source('raw', 'exchange_rates') }}

),

typed as (

    select
        upper({{ blank_to_null('currency') }}) as currency,
        try_cast(rate as decimal(18, 8)) as rate,
        {{ business_date('rate_on') }} as rate_on,
        {{ missing('rate_on', utc_timestamp('rate_on')) }} as is_date_missing,
        {{ utc_timestamp('updated_at') }} as updated_at,
        load_id,
        source_line,
        loaded_on

    from source

),

repeats as (

    {{ repeats_of(
        'exchange_rates',
        key=['upper(' ~ blank_to_null('currency') ~ ')', business_date('rate_on')],
        columns=['rate']
    ) }}

),

judged as (

    select
        typed.currency,
        typed.rate,
        typed.rate_on,
        typed.updated_at,
        typed.load_id,
        typed.source_line,
        typed.loaded_on,
        concat_ws(
            ';',
            repeats.repeat_reason,
            case when typed.currency is null then 'missing_key' end,
            case when typed.is_date_missing then 'missing_date' end,
            case
                when not typed.is_date_missing and typed.rate_on is null
                    then 'unreadable_date'
            end,
            case when typed.rate is null then 'unreadable_amount' end,
            case when typed.rate <= 0 then 'negative_amount' end
        ) as reject_reasons

    from typed

    left join repeats
        on
            typed.load_id = repeats.load_id
            and typed.source_line = repeats.source_line

)

select * from judged

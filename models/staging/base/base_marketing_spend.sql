-- What does each raw marketing spend row say, and can it be believed?

with

source as (

    select
        channel,
        amount,
        spent_on,
        updated_at,
        load_id,
        source_line,
        loaded_on

    from {{ source('raw', 'marketing_spend') }}

),

typed as (

    select
        lower({{ blank_to_null('channel') }}) as acquisition_channel,
        try_cast(amount as decimal(18, 2)) as spend,
        {{ unreadable('amount', 'try_cast(amount as decimal(18, 2))') }}
            as is_spend_unreadable,
        {{ business_date('spent_on') }} as spent_on,
        {{ unreadable('spent_on', utc_timestamp('spent_on')) }}
            as is_spent_on_unreadable,
        {{ utc_timestamp('updated_at') }} as updated_at,
        load_id,
        source_line,
        loaded_on

    from source

),

repeats as (

    {{ repeats_of(
        'marketing_spend',
        key=['lower(' ~ blank_to_null('channel') ~ ')', business_date('spent_on')],
        columns=['amount']
    ) }}

),

judged as (

    select
        typed.acquisition_channel,
        typed.spend,
        typed.spent_on,
        typed.updated_at,
        typed.load_id,
        typed.source_line,
        typed.loaded_on,
        concat_ws(
            ';',
            repeats.repeat_reason,
            case when typed.acquisition_channel is null then 'missing_key' end,
            case when typed.is_spend_unreadable then 'unreadable_amount' end,
            case
                when typed.spend is null and not typed.is_spend_unreadable
                    then 'missing_amount'
            end,
            case when typed.spend < 0 then 'negative_amount' end,
            case when typed.is_spent_on_unreadable then 'unreadable_date' end,
            case
                when typed.spent_on is null and not typed.is_spent_on_unreadable
                    then 'missing_date'
            end,
            {{ implausible_date('typed.spent_on', 'typed.loaded_on') }}
        ) as reject_reasons

    from typed

    left join repeats
        on
            typed.load_id = repeats.load_id
            and typed.source_line = repeats.source_line

)

select * from judged

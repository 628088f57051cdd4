-- What does each raw campaign member row say, and can it be believed?

with

source as (

    select
        campaign_id,
        customer_id,
        is_control,
        contacted_at,
        updated_at,
        load_id,
        source_line,
        loaded_on

    from {{ source('raw', 'campaign_members') }}

),

typed as (

    select
        {{ blank_to_null('campaign_id') }} as campaign_id,
        {{ blank_to_null('customer_id') }} as raw_customer_id,
        try_cast(is_control as boolean) as is_control,
        {{ unreadable('is_control', 'try_cast(is_control as boolean)') }}
            as is_is_control_unreadable,
        {{ business_date('contacted_at') }} as contacted_on,
        {{ unreadable('contacted_at', utc_timestamp('contacted_at')) }}
            as is_contacted_on_unreadable,
        {{ utc_timestamp('updated_at') }} as updated_at,
        load_id,
        source_line,
        loaded_on

    from source

),

repeats as (

    {{ repeats_of(
        'campaign_members',
        key=[blank_to_null('campaign_id'), blank_to_null('customer_id')],
        columns=[
            'campaign_id', 'customer_id', 'is_control', 'contacted_at'
        ]
    ) }}

),

judged as (

    select
        typed.campaign_id,
        typed.raw_customer_id,
        typed.is_control,
        typed.contacted_on,
        typed.updated_at,
        typed.load_id,
        typed.source_line,
        typed.loaded_on,
        concat_ws(
            ';',
            repeats.repeat_reason,
            case when typed.campaign_id is null then 'missing_key' end,
            case when typed.raw_customer_id is null then 'missing_key' end,
            case when typed.is_is_control_unreadable then 'unreadable_flag' end,
            case
                when typed.is_control is null and not typed.is_is_control_unreadable
                    then 'missing_value'
            end,
            case when typed.is_contacted_on_unreadable then 'unreadable_date' end,
            {{ implausible_date('typed.contacted_on', 'typed.loaded_on') }}
        ) as reject_reasons

    from typed

    left join repeats
        on
            typed.load_id = repeats.load_id
            and typed.source_line = repeats.source_line

)

select * from judged

-- What does each raw campaign row say, and can it be believed?

with

source as (

    select
        campaign_id,
        name,
        segment,
        cost_per_contact,
        started_at,
        ended_at,
        updated_at,
        load_id,
        source_line,
        loaded_on

    from {{ source('raw', 'campaigns') }}

),

typed as (

    select
        {{ blank_to_null('campaign_id') }} as campaign_id,
        {{ blank_to_null('name') }} as campaign_name,
        lower({{ blank_to_null('segment') }}) as segment,
        try_cast(cost_per_contact as decimal(18, 4)) as cost_per_contact,
        {{ unreadable(
            'cost_per_contact', 'try_cast(cost_per_contact as decimal(18, 4))'
        ) }} as is_cost_per_contact_unreadable,
        {{ business_date('started_at') }} as started_on,
        {{ unreadable('started_at', utc_timestamp('started_at')) }}
            as is_started_on_unreadable,
        {{ business_date('ended_at') }} as ended_on,
        {{ unreadable('ended_at', utc_timestamp('ended_at')) }}
            as is_ended_on_unreadable,
        {{ utc_timestamp('updated_at') }} as updated_at,
        load_id,
        source_line,
        loaded_on

    from source

),

repeats as (

    {{ repeats_of(
        'campaigns',
        key=[blank_to_null('campaign_id')],
        columns=[
            'campaign_id', 'name', 'segment', 'cost_per_contact', 'started_at',
            'ended_at'
        ]
    ) }}

),

judged as (

    select
        typed.campaign_id,
        typed.campaign_name,
        typed.segment,
        typed.cost_per_contact,
        typed.started_on,
        typed.ended_on,
        typed.updated_at,
        typed.load_id,
        typed.source_line,
        typed.loaded_on,
        concat_ws(
            ';',
            repeats.repeat_reason,
            case when typed.campaign_id is null then 'missing_key' end,
            case when typed.is_cost_per_contact_unreadable then 'unreadable_amount' end,
            case when typed.cost_per_contact < 0 then 'negative_amount' end,
            case when typed.is_started_on_unreadable then 'unreadable_date' end,
            case
                when typed.started_on is null and not typed.is_started_on_unreadable
                    then 'missing_date'
            end,
            {{ implausible_date('typed.started_on', 'typed.loaded_on') }},
            case when typed.is_ended_on_unreadable then 'unreadable_date' end,
            {{ implausible_date('typed.ended_on', 'typed.loaded_on') }}
        ) as reject_reasons

    from typed

    left join repeats
        on
            typed.load_id = repeats.load_id
            and typed.source_line = repeats.source_line

)

select * from judged

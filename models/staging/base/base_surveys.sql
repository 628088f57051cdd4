-- What does each raw survey answer row say, and can it be believed?

with

source as (

    select
        survey_id,
        customer_id,
        question,
        answer,
        answered_at,
        updated_at,
        load_id,
        source_line,
        loaded_on

    from {{ source('raw', 'surveys') }}

),

typed as (

    select
        {{ blank_to_null('survey_id') }} as survey_id,
        {{ blank_to_null('customer_id') }} as raw_customer_id,
        lower({{ blank_to_null('question') }}) as question,
        lower({{ blank_to_null('answer') }}) as raw_answer,
        {{ business_date('answered_at') }} as answered_on,
        {{ unreadable('answered_at', utc_timestamp('answered_at')) }}
            as is_answered_on_unreadable,
        {{ utc_timestamp('updated_at') }} as updated_at,
        load_id,
        source_line,
        loaded_on

    from source

),

repeats as (

    {{ repeats_of(
        'surveys',
        key=[blank_to_null('survey_id')],
        columns=[
            'survey_id', 'customer_id', 'question', 'answer', 'answered_at'
        ]
    ) }}

),

judged as (

    select
        typed.survey_id,
        typed.raw_customer_id,
        typed.question,
        typed.raw_answer,
        typed.answered_on,
        typed.updated_at,
        typed.load_id,
        typed.source_line,
        typed.loaded_on,
        concat_ws(
            ';',
            repeats.repeat_reason,
            case when typed.survey_id is null then 'missing_key' end,
            case when typed.raw_customer_id is null then 'missing_customer' end,
            case when typed.question is null then 'missing_value' end,
            case when typed.raw_answer is null then 'missing_value' end,
            case when typed.is_answered_on_unreadable then 'unreadable_date' end,
            case
                when typed.answered_on is null and not typed.is_answered_on_unreadable
                    then 'missing_date'
            end,
            {{ implausible_date('typed.answered_on', 'typed.loaded_on') }}
        ) as reject_reasons

    from typed

    left join repeats
        on
            typed.load_id = repeats.load_id
            and typed.source_line = repeats.source_line

)

select * from judged

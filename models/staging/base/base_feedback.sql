-- What does each raw feedback row say, and can it be believed?

with

source as (

    select
        feedback_id,
        customer_id,
        order_id,
        feedback_type,
        score,
        given_at,
        updated_at,
        load_id,
        source_line,
        loaded_on

    from {{ source('raw', 'feedback') }}

),

typed as (

    select
        {{ blank_to_null('feedback_id') }} as feedback_id,
        {{ blank_to_null('customer_id') }} as raw_customer_id,
        {{ blank_to_null('order_id') }} as order_id,
        lower({{ blank_to_null('feedback_type') }}) as feedback_type,
        try_cast(score as decimal(9, 2)) as score,
        {{ unreadable('score', 'try_cast(score as decimal(9, 2))') }}
            as is_score_unreadable,
        {{ business_date('given_at') }} as given_on,
        {{ unreadable('given_at', utc_timestamp('given_at')) }}
            as is_given_on_unreadable,
        {{ utc_timestamp('updated_at') }} as updated_at,
        load_id,
        source_line,
        loaded_on

    from source

),

repeats as (

    {{ repeats_of(
        'feedback',
        key=[blank_to_null('feedback_id')],
        columns=[
            'feedback_id', 'customer_id', 'order_id', 'feedback_type', 'score',
            'given_at'
        ]
    ) }}

),

judged as (

    select
        typed.feedback_id,
        typed.raw_customer_id,
        typed.order_id,
        typed.feedback_type,
        typed.score,
        typed.given_on,
        typed.updated_at,
        typed.load_id,
        typed.source_line,
        typed.loaded_on,
        concat_ws(
            ';',
            repeats.repeat_reason,
            case when typed.feedback_id is null then 'missing_key' end,
            case when typed.raw_customer_id is null then 'missing_customer' end,
            case when typed.is_score_unreadable then 'unreadable_amount' end,
            case
                when typed.score is null and not typed.is_score_unreadable
                    then 'missing_amount'
            end,
            case when typed.is_given_on_unreadable then 'unreadable_date' end,
            case
                when typed.given_on is null and not typed.is_given_on_unreadable
                    then 'missing_date'
            end,
            {{ implausible_date('typed.given_on', 'typed.loaded_on') }}
        ) as reject_reasons

    from typed

    left join repeats
        on
            typed.load_id = repeats.load_id
            and typed.source_line = repeats.source_line

)

select * from judged

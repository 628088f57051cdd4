-- What does each raw crosswalk row say, and can it be believed?

with

source as (

    select
        raw_customer_id,
        customer_id,
        updated_at,
        load_id,
        source_line,
        loaded_on

    from {{ source('raw', 'customer_ids') }}

),

typed as (

    select
        {{ blank_to_null('raw_customer_id') }} as raw_customer_id,
        {{ blank_to_null('customer_id') }} as customer_id,
        {{ utc_timestamp('updated_at') }} as updated_at,
        load_id,
        source_line,
        loaded_on

    from source

),

repeats as (

    {{ repeats_of(
        'customer_ids',
        key=[blank_to_null('raw_customer_id')],
        columns=[
            'raw_customer_id', 'customer_id'
        ]
    ) }}

),

judged as (

    select
        typed.raw_customer_id,
        typed.customer_id,
        typed.updated_at,
        typed.load_id,
        typed.source_line,
        typed.loaded_on,
        concat_ws(
            ';',
            repeats.repeat_reason,
            case when typed.raw_customer_id is null then 'missing_key' end,
            case when typed.customer_id is null then 'missing_value' end
        ) as reject_reasons

    from typed

    left join repeats
        on
            typed.load_id = repeats.load_id
            and typed.source_line = repeats.source_line

)

select * from judged

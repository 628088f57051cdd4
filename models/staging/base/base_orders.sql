-- What does each raw order row say, and can it be believed?

-- Months of ordering whose rows, rates and repeats are as in the run before are kept.

{{ kept_between_runs('base_orders_digested', known_on='ordered_on') }}

with

source as (

    select
        order_id,
        customer_id,
        email,
        status,
        currency,
        channel,
        gross_amount,
        discount_amount,
        is_test,
        ordered_at,
        cancelled_at,
        load_id,
        source_line,
        loaded_on

    from {{ source('raw', 'orders') }}

    where {{ is_not_over(business_date('ordered_at')) }}

),

repeats as (

    select
        load_id,
        source_line,
        repeat_reason

    from {{ ref('base_orders_repeated') }}

),

order_statuses as (

    select
        raw_status,
        status_kind

    from {{ ref('order_statuses') }}

),

exchange_rates as (

    select
        currency,
        rate_on,
        rate

    from {{ ref('stg_exchange_rates') }}

),

typed as (

    select
        {{ blank_to_null('order_id') }} as order_id,
        {{ blank_to_null('customer_id') }} as raw_customer_id,
        lower({{ blank_to_null('email') }}) as email,
        lower({{ blank_to_null('status') }}) as raw_status,
        coalesce(
            upper({{ blank_to_null('currency') }}),
            {{ text_literal(var('reporting_currency')) }}
        ) as currency,
        lower({{ blank_to_null('channel') }}) as raw_channel,
        try_cast(gross_amount as decimal(18, 2)) as gross_amount,
        {{ missing('gross_amount', 'try_cast(gross_amount as decimal(18, 2))') }}
            as is_amount_missing,
        try_cast(discount_amount as decimal(18, 2)) as discount_amount,
        {{ unreadable(
            'discount_amount', 'try_cast(discount_amount as decimal(18, 2))'
        ) }} as is_discount_unreadable,
        coalesce(try_cast(is_test as boolean), false) as is_test,
        {{ business_date('ordered_at') }} as ordered_on,
        {{ missing('ordered_at', utc_timestamp('ordered_at')) }} as is_date_missing,
        {{ business_date('cancelled_at') }} as cancelled_on,
        {{ unreadable('cancelled_at', utc_timestamp('cancelled_at')) }}
            as is_cancellation_unreadable,
        {{ utc_timestamp('ordered_at') }} as ordered_at,
        load_id,
        source_line,
        loaded_on

    from source

),

valued as (

    select
        typed.order_id,
        typed.raw_customer_id,
        typed.email,
        typed.raw_channel,
        typed.gross_amount,
        typed.discount_amount,
        typed.is_amount_missing,
        typed.is_discount_unreadable,
        typed.is_test,
        typed.ordered_on,
        typed.is_date_missing,
        typed.cancelled_on,
        typed.is_cancellation_unreadable,
        typed.ordered_at,
        typed.load_id,
        typed.source_line,
        typed.loaded_on,
        repeats.repeat_reason,
        case
            when typed.raw_status is null then 'purchase'
            else order_statuses.status_kind
        end as status_kind,
        case
            when typed.currency = {{ text_literal(var('reporting_currency')) }} then 1
            else exchange_rates.rate
        end as exchange_rate

    from typed

    left join repeats
        on
            typed.load_id = repeats.load_id
            and typed.source_line = repeats.source_line

    left join order_statuses
        on typed.raw_status = order_statuses.raw_status

    left join exchange_rates
        on
            typed.currency = exchange_rates.currency
            and typed.ordered_on = exchange_rates.rate_on

),

judged as (

    select
        order_id,
        raw_customer_id,
        email,
        raw_channel,
        status_kind,
        gross_amount,
        discount_amount,
        exchange_rate,
        is_test,
        ordered_on,
        cancelled_on,
        ordered_at,
        load_id,
        source_line,
        loaded_on,
        concat_ws(
            ';',
            repeat_reason,
            case when order_id is null then 'missing_key' end,
            case
                when
                    {{ mangled_id('order_id') }}
                    or {{ mangled_id('raw_customer_id') }}
                    then 'mangled_id'
            end,
            case when is_date_missing then 'missing_date' end,
            case
                when not is_date_missing and ordered_on is null then 'unreadable_date'
            end,
            {{ implausible_date('ordered_on', 'loaded_on') }},
            case when is_cancellation_unreadable then 'unreadable_date' end,
            case when is_amount_missing then 'missing_amount' end,
            case
                when not is_amount_missing and gross_amount is null
                    then 'unreadable_amount'
            end,
            case when is_discount_unreadable then 'unreadable_amount' end,
            case
                when gross_amount < 0 or discount_amount < 0 then 'negative_amount'
            end,
            case
                when gross_amount >= 0 and discount_amount > gross_amount
                    then 'discount_exceeds_amount'
            end,
            case when status_kind is null then 'unknown_status' end,
            case
                when
                    exchange_rate is null and ordered_on is not null
                    then 'missing_rate'
            end
        ) as reject_reasons

    from valued

)

select * from judged

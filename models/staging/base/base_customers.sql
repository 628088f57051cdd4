-- What does each raw customer row say, and can it be believed?

with

source as (

    select
        customer_id,
        name,
        email,
        phone,
        customer_type,
        industry,
        gender,
        education,
        occupation,
        region,
        acquisition_channel,
        annual_income,
        acquisition_cost,
        has_marketing_consent,
        is_test,
        is_staff,
        is_reseller,
        birth_date,
        created_at,
        updated_at,
        load_id,
        source_line,
        loaded_on

    from {{ source('raw', 'customers') }}

),

typed as (

    select
        {{ blank_to_null('customer_id') }} as raw_customer_id,
        {{ blank_to_null('name') }} as customer_name,
        lower({{ blank_to_null('email') }}) as email,
        {{ blank_to_null('phone') }} as phone,
        lower({{ blank_to_null('customer_type') }}) as raw_customer_type,
        lower({{ blank_to_null('industry') }}) as raw_industry,
        lower({{ blank_to_null('gender') }}) as raw_gender,
        lower({{ blank_to_null('education') }}) as raw_education,
        lower({{ blank_to_null('occupation') }}) as raw_occupation,
        lower({{ blank_to_null('region') }}) as raw_region,
        lower({{ blank_to_null('acquisition_channel') }}) as acquisition_channel,
        try_cast(annual_income as decimal(18, 2)) as annual_income,
        try_cast(acquisition_cost as decimal(18, 2)) as acquisition_cost,
        try_cast(has_marketing_consent as boolean) as has_marketing_consent,
        coalesce(try_cast(is_test as boolean), false) as is_test,
        coalesce(try_cast(is_staff as boolean), false) as is_staff,
        coalesce(try_cast(is_reseller as boolean), false) as is_reseller,
        {{ business_date('birth_date') }} as born_on,
        {{ business_date('created_at') }} as created_on,
        {{ unreadable('created_at', utc_timestamp('created_at')) }}
            as is_created_at_unreadable,
        {{ utc_timestamp('updated_at') }} as updated_at,
        load_id,
        source_line,
        loaded_on

    from source

),

repeats as (

    {{ repeats_of(
        'customers',
        key=[blank_to_null('customer_id')],
        columns=[
            'customer_id', 'name', 'email', 'phone', 'customer_type', 'industry',
            'gender', 'education', 'occupation', 'region', 'acquisition_channel',
            'annual_income', 'acquisition_cost', 'has_marketing_consent', 'is_test',
            'is_staff', 'is_reseller', 'birth_date', 'created_at'
        ]
    ) }}

),

judged as (

    select
        typed.raw_customer_id,
        typed.customer_name,
        typed.email,
        typed.phone,
        typed.raw_customer_type,
        typed.raw_industry,
        typed.raw_gender,
        typed.raw_education,
        typed.raw_occupation,
        typed.raw_region,
        typed.acquisition_channel,
        typed.annual_income,
        typed.acquisition_cost,
        typed.has_marketing_consent,
        typed.is_test,
        typed.is_staff,
        typed.is_reseller,
        typed.born_on,
        typed.created_on,
        typed.updated_at,
        typed.load_id,
        typed.source_line,
        typed.loaded_on,
        concat_ws(
            ';',
            repeats.repeat_reason,
            case when typed.raw_customer_id is null then 'missing_key' end,
            case when {{ mangled_id('typed.raw_customer_id') }} then 'mangled_id' end,
            case when typed.is_created_at_unreadable then 'unreadable_date' end,
            {{ implausible_date('typed.created_on', 'typed.loaded_on') }}
        ) as reject_reasons

    from typed

    left join repeats
        on
            typed.load_id = repeats.load_id
            and typed.source_line = repeats.source_line

)

select * from judged

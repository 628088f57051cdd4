-- What does each raw product row say, and can it be believed?

with

source as (

    select
        product_id,
        name,
        category,
        brand,
        unit_cost,
        is_premium,
        is_eco_labelled,
        updated_at,
        load_id,
        source_line,
        loaded_on

    from {{ source('raw', 'products') }}

),

typed as (

    select
        {{ blank_to_null('product_id') }} as product_id,
        {{ blank_to_null('name') }} as product_name,
        {{ blank_to_null('category') }} as product_category,
        {{ blank_to_null('brand') }} as brand,
        try_cast(unit_cost as decimal(18, 2)) as unit_cost,
        {{ unreadable('unit_cost', 'try_cast(unit_cost as decimal(18, 2))') }}
            as is_unit_cost_unreadable,
        try_cast(is_premium as boolean) as is_premium,
        {{ unreadable('is_premium', 'try_cast(is_premium as boolean)') }}
            as is_is_premium_unreadable,
        try_cast(is_eco_labelled as boolean) as is_eco_labelled,
        {{ unreadable('is_eco_labelled', 'try_cast(is_eco_labelled as boolean)') }}
            as is_is_eco_labelled_unreadable,
        {{ utc_timestamp('updated_at') }} as updated_at,
        load_id,
        source_line,
        loaded_on

    from source

),

repeats as (

    {{ repeats_of(
        'products',
        key=[blank_to_null('product_id')],
        columns=[
            'product_id', 'name', 'category', 'brand', 'unit_cost', 'is_premium',
            'is_eco_labelled'
        ]
    ) }}

),

judged as (

    select
        typed.product_id,
        typed.product_name,
        typed.product_category,
        typed.brand,
        typed.unit_cost,
        typed.is_premium,
        typed.is_eco_labelled,
        typed.updated_at,
        typed.load_id,
        typed.source_line,
        typed.loaded_on,
        concat_ws(
            ';',
            repeats.repeat_reason,
            case when typed.product_id is null then 'missing_key' end,
            case when typed.is_unit_cost_unreadable then 'unreadable_amount' end,
            case when typed.unit_cost < 0 then 'negative_amount' end,
            case when typed.is_is_premium_unreadable then 'unreadable_flag' end,
            case when typed.is_is_eco_labelled_unreadable then 'unreadable_flag' end
        ) as reject_reasons

    from typed

    left join repeats
        on
            typed.load_id = repeats.load_id
            and typed.source_line = repeats.source_line

)

select * from judged

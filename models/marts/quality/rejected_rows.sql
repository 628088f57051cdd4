-- Which raw rows were not accepted, and why?

{% set raw_tables = [
    'customers', 'customer_ids', 'orders', 'order_items', 'products', 'refunds',
    'exchange_rates', 'events', 'feedback', 'surveys', 'tickets', 'campaigns',
    'campaign_members', 'marketing_spend'
] -%}

with

{% for raw_table in raw_tables -%}
    {{ raw_table }} as (

        select
            '{{ raw_table }}' as raw_table,
            judged.load_id,
            judged.source_line,
            judged.reject_reasons,
            {{ row_as_json(raw_table, 'raw_rows') }} as raw_row,
            judged.loaded_on

        from {{ ref('base_' ~ raw_table) }} as judged

        left join {{ source('raw', raw_table) }} as raw_rows
            on
                judged.load_id = raw_rows.load_id
                and judged.source_line = raw_rows.source_line

        where judged.reject_reasons <> ''

    ),

{% endfor -%}

unreadable as (

    -- what could not be parsed may hold personal data anywhere: its text stays in
    -- raw.load_rejects and does not reach the served file
    select
        raw_table,
        load_id,
        source_line,
        reject_reasons,
        cast(null as string) as raw_row,
        loaded_on

    from {{ source('raw', 'load_rejects') }}

),

loads as (

    select
        load_id,
        source_name

    from {{ source('raw', 'loads') }}

),

rejected as (

    {% for raw_table in raw_tables -%}
        select * from {{ raw_table }}

        union all

    {% endfor -%}
    select * from unreadable

),

named as (

    select
        rejected.raw_table,
        loads.source_name,
        rejected.load_id,
        rejected.source_line,
        rejected.reject_reasons,
        rejected.raw_row,
        rejected.loaded_on

    from rejected

    left join loads
        on rejected.load_id = loads.load_id

)

select * from named

-- Was every row that was read accepted or rejected, load by load?

{% set raw_tables = [
    'customers', 'customer_ids', 'orders', 'order_items', 'products', 'refunds',
    'exchange_rates', 'events', 'feedback', 'surveys', 'tickets', 'campaigns',
    'campaign_members', 'marketing_spend'
] -%}

with

loads as (

    select
        load_id,
        raw_table,
        source_name,
        rows_read,
        rows_unreadable,
        rows_unchanged,
        rows_replaced,
        rows_erased,
        loaded_on

    from {{ source('raw', 'loads') }}

),

{% for raw_table in raw_tables -%}
    {{ raw_table }} as (

        select
            '{{ raw_table }}' as raw_table,
            load_id,
            loaded_on,
            count(*) as rows_kept,
            count(case when reject_reasons = '' then 1 end) as rows_accepted,
            count(case when reject_reasons <> '' then 1 end) as rows_rejected

        from {{ ref('base_' ~ raw_table) }}

        group by
            load_id,
            loaded_on

    ),

{% endfor -%}

counted as (

    {% for raw_table in raw_tables -%}
        select * from {{ raw_table }}
        {% if not loop.last %}
            union all

        {% endif -%}
    {% endfor %}
),

reconciled as (

    -- a raw table filled by another tool has no row in loads: what is there was read
    select
        loads.source_name,
        coalesce(loads.raw_table, counted.raw_table) as raw_table,
        coalesce(loads.load_id, counted.load_id) as load_id,
        coalesce(loads.rows_read, counted.rows_kept) as rows_read,
        coalesce(loads.rows_unchanged, 0) as rows_unchanged,
        coalesce(loads.rows_replaced, 0) as rows_replaced,
        coalesce(loads.rows_erased, 0) as rows_erased,
        coalesce(counted.rows_accepted, 0) as rows_accepted,
        coalesce(counted.rows_rejected, 0)
        + coalesce(loads.rows_unreadable, 0) as rows_rejected,
        coalesce(loads.loaded_on, counted.loaded_on) as loaded_on

    from loads

    full outer join counted
        on
            loads.load_id = counted.load_id
            and loads.raw_table = counted.raw_table

),

compared as (

    select
        raw_table,
        source_name,
        load_id,
        rows_read,
        rows_unchanged,
        rows_replaced,
        rows_accepted,
        rows_rejected,
        rows_erased,
        loaded_on,
        rows_read
        = rows_unchanged
        + rows_replaced
        + rows_erased
        + rows_accepted
        + rows_rejected as is_reconciled

    from reconciled

)

select * from compared

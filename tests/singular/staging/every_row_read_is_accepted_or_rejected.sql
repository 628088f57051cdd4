-- No row is lost on the way in and none is made: what a load read is accepted, rejected
-- with its reasons in rejected_rows, unchanged, or replaced by a later load.

with

loads as (

    select
        raw_table,
        load_id,
        rows_read,
        rows_accepted,
        rows_rejected,
        is_reconciled

    from {{ ref('load_reconciliation') }}

),

rejected as (

    select
        raw_table,
        load_id,
        count(*) as rows_listed

    from {{ ref('rejected_rows') }}

    group by
        raw_table,
        load_id

),

compared as (

    select
        loads.raw_table,
        loads.load_id,
        loads.rows_read,
        loads.rows_accepted,
        loads.rows_rejected,
        rejected.rows_listed

    from loads

    full outer join rejected
        on
            loads.raw_table = rejected.raw_table
            and loads.load_id = rejected.load_id

    where
        not coalesce(loads.is_reconciled, false)
        or coalesce(rejected.rows_listed, 0) <> loads.rows_rejected

)

select * from compared

-- What is known of the orders of each month, in one word that changes when it does?

-- A word sums up its month and all before it: where one differs from that of the run
-- before, so do all that follow, and the ledger is written anew from there on.

with

orders as (

    select * from {{ ref('int_orders_identified') }}

),

refunds as (

    select * from {{ ref('int_refunds_capped') }}

),

margins as (

    select * from {{ ref('int_order_margins_measured') }}

    where {{ is_value_basis('gross_margin_365d') }}

),

facts as (

    {{ row_digests('orders', day='ordered_on') }}

    union all

    {{ row_digests('refunds', day='ordered_on') }}

    union all

    {{ row_digests('margins', day='ordered_on') }}

),

accumulated as (

    {{ digests_of_months('facts') }}

)

select * from accumulated

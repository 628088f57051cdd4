-- What do raw rows say of the orders of each month, in one word that changes with them?

-- A word sums up its month and all before it: where one differs from that of the run
-- before, so do all that follow, and base_orders is written anew from there on.

with

orders as (

    select
        *,
        {{ business_date('ordered_at') }} as ordered_on

    from {{ source('raw', 'orders') }}

),

repeats as (

    select * from {{ ref('base_orders_repeated') }}

),

exchange_rates as (

    select * from {{ ref('stg_exchange_rates') }}

),

facts as (

    {{ row_digests('orders', day='ordered_on') }}

    union all

    {{ row_digests('repeats', day='ordered_on') }}

    union all

    {{ row_digests('exchange_rates', day='rate_on') }}

),

accumulated as (

    {{ digests_of_months('facts') }}

)

select * from accumulated

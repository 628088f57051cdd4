-- Who buys products with an eco label, and so may care for more of them?

with

customers as (

    select customer_id
    from {{ ref('int_customers') }}

),

spend as (

    select
        customer_id,
        eco_spend_share

    from {{ ref('int_spend_split') }}

),

bands as (

    select
        category,
        above,
        at_least,
        below,
        up_to

    from {{ ref('int_bands_in_force') }}

    where dimension = 'sustainability_interest' and is_as_of

),

banded as (

    select
        customers.customer_id,
        spend.eco_spend_share,
        coalesce(bands.category, 'unknown') as sustainability_interest

    from customers

    left join spend
        on customers.customer_id = spend.customer_id

    left join bands
        on
            spend.eco_spend_share is not null
            and {{ falls_in('spend.eco_spend_share', 'bands') }}

)

select * from banded

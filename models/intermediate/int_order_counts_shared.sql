-- What share of the year's buyers have at most so many orders?

with

counted as (

    select
        orders_365d,
        count(*) as customers

    from {{ ref('int_customers_observed') }}

    where is_as_of and is_ranked

    group by orders_365d

),

shared as (

    select
        orders_365d,
        {{ share_of(
            'sum(customers) over (order by orders_365d)', 'sum(customers) over ()'
        ) }} as customers_share_within

    from counted

)

select * from shared

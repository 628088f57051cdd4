-- Who buys mainly when there is a discount, on each date?

{{ kept_between_runs('int_facts_digested') }}

with

observed as (

    select
        customer_id,
        observed_on,
        orders_365d,
        {{ share_of('discounted_orders_365d', 'orders_365d') }}
            as discounted_order_share

    from {{ ref('int_customers_observed') }}

    where {{ is_open('observed_on') }}

),

bands as (

    select
        category,
        precedence,
        measure,
        above,
        at_least,
        below,
        up_to,
        observed_on

    from {{ ref('int_bands_in_force') }}

    where dimension = 'price_sensitivity'

),

profiles as (

    -- few combinations, many customers: the rules are read once per combination
    select distinct
        orders_365d,
        discounted_order_share,
        observed_on

    from observed

),

matched as (

    select
        profiles.orders_365d,
        profiles.discounted_order_share,
        profiles.observed_on,
        bands.category,
        row_number() over (
            partition by
                profiles.orders_365d,
                profiles.discounted_order_share,
                profiles.observed_on
            order by bands.precedence
        ) as match_rank

    from profiles

    inner join bands
        on
            profiles.observed_on = bands.observed_on
            and {{ measure_falls_in(
                'profiles', 'bands',
                ['orders_365d', 'discounted_order_share']
            ) }}

),

banded as (

    select
        observed.customer_id,
        observed.observed_on,
        observed.discounted_order_share,
        coalesce(matched.category, 'unknown') as price_sensitivity

    from observed

    left join matched
        on
            observed.observed_on = matched.observed_on
            and observed.orders_365d = matched.orders_365d
            and coalesce(observed.discounted_order_share, -1)
            = coalesce(matched.discounted_order_share, -1)
            and matched.match_rank = 1

)

select * from banded

-- The tables of today are different questions about the same people on the same day:
-- whoever joins them must neither lose a customer nor see one twice.

{% set current_marts = [
    'customer_lifecycle', 'customer_value_tiers', 'customer_churn_risk', 'customer_rfm',
    'customer_segments', 'customer_profiles'
] -%}

with

today as (

    select observed_on
    from {{ ref('int_observation_dates') }}

    where is_as_of

),

customers as (

    select
        customers.customer_id,
        today.observed_on

    from {{ ref('int_customers') }} as customers

    inner join today
        on coalesce(customers.exists_from <= today.observed_on, true)

),

listed as (

    select
        customer_id,
        observed_on

    from customers

    {% for mart in current_marts -%}
        union all

        select
            customer_id,
            observed_on

        from {{ ref(mart) }}

    {% endfor %}
),

counted as (

    select
        customer_id,
        observed_on,
        count(*) as times_listed

    from listed

    group by
        customer_id,
        observed_on

    having count(*) <> {{ current_marts | length + 1 }}

)

select * from counted

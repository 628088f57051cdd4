-- How much likelier than the churn model says is each customer's next order?

{{ kept_between_runs('int_premises_digested') }}

{% set signals = [
    'orders', 'recency', 'age', 'overdue', 'orders_90d', 'orders_180d', 'orders_365d',
    'mean_value', 'single', 'orders_recency', 'active_share'
] -%}

with

observed as (

    select
        customer_id,
        observed_on,
        purchase_days,
        orders_90d,
        orders_180d,
        orders_365d,
        net_revenue,
        days_since_first_order,
        days_since_last_order,
        days_since_first_order - days_since_last_order as days_to_last_order

    from {{ ref('int_customers_observed') }}

    where purchase_days > 0 and {{ is_open('observed_on') }}

),

in_force as (

    select
        observed_on,
        r,
        alpha,
        level,
        feature,
        mean,
        scale,
        coefficient

    from {{ ref('int_churn_corrections_in_force') }}

),

corrections as (

    select
        observed_on,
        r,
        alpha,
        {% for signal in signals -%}
            {% for number in ['mean', 'scale', 'coefficient'] -%}
                max(case when feature = '{{ signal }}' then {{ number }} end)
                    as {{ signal }}_{{ number }},
            {% endfor -%}
        {% endfor -%}
        max(level) as level_log_odds

    from in_force

    group by
        observed_on,
        r,
        alpha

),

signals as (

    select
        observed.customer_id,
        observed.observed_on,
        ln(observed.purchase_days) as orders,
        ln(1 + observed.days_since_last_order) as recency,
        ln(1 + observed.days_since_first_order) as age,
        ln(1 + observed.days_since_last_order)
        - ln(
            (corrections.alpha + observed.days_to_last_order)
            / (corrections.r + observed.purchase_days - 1)
        ) as overdue,
        ln(1 + observed.orders_90d) as orders_90d,
        ln(1 + observed.orders_180d) as orders_180d,
        ln(1 + observed.orders_365d) as orders_365d,
        ln(
            1
            + greatest(cast(observed.net_revenue as double), 0) / observed.purchase_days
        ) as mean_value,
        case when observed.purchase_days = 1 then 1 else 0 end as single,
        ln(observed.purchase_days) * ln(1 + observed.days_since_last_order)
            as orders_recency,
        cast(observed.days_to_last_order as double)
        / greatest(observed.days_since_first_order, 1) as active_share

    from observed

    inner join corrections
        on observed.observed_on = corrections.observed_on

),

weighed as (

    select
        signals.customer_id,
        signals.observed_on,
        corrections.level_log_odds
        {% for signal in signals -%}
            + {{ churn_correction_term('signals', 'corrections', signal) }}
        {% endfor %}
            as log_odds_added

    from signals

    inner join corrections
        on signals.observed_on = corrections.observed_on

),

scored as (

    select
        customer_id,
        observed_on,
        {{ round_to_9_digits('exp(log_odds_added)') }} as order_odds_factor

    from weighed

)

select * from scored

-- How likely is each customer not to order again, and how does that compare?

{{ kept_between_runs('int_premises_digested') }}

with

observed as (

    select
        customer_id,
        observed_on,
        orders,
        purchase_days,
        days_since_first_order,
        is_guest,
        days_since_first_order - days_since_last_order as days_to_last_order

    from {{ ref('int_customers_observed') }}

    where {{ is_open('observed_on') }}

),

activity as (

    select
        customer_id,
        observed_on,
        activity_status

    from {{ ref('int_activity_classified') }}

    where {{ is_open('observed_on') }}

),

in_force as (

    select
        observed_on,
        fitted_through,
        r,
        alpha,
        a,
        b

    from {{ ref('int_churn_parameters_in_force') }}

),

corrections as (

    select
        customer_id,
        observed_on,
        order_odds_factor

    from {{ ref('int_churn_corrections_scored') }}

    where {{ is_open('observed_on') }}

),

risks as (

    select
        category,
        measure,
        above,
        at_least,
        below,
        up_to,
        observed_on

    from {{ ref('int_bands_in_force') }}

    where dimension = 'churn_risk' and measure = {{ churn_risk_measure() }}

),

judged as (

    select
        observed.customer_id,
        observed.observed_on,
        in_force.fitted_through,
        observed.orders,
        observed.purchase_days,
        observed.days_since_first_order,
        observed.is_guest,
        activity.activity_status,
        in_force.r,
        in_force.alpha,
        observed.purchase_days - 1 as repeat_days,
        {{ churn_p_alive(
            'in_force',
            '(observed.purchase_days - 1)',
            'observed.days_to_last_order',
            'observed.days_since_first_order'
        ) }} as p_alive

    from observed

    inner join activity
        on
            observed.customer_id = activity.customer_id
            and observed.observed_on = activity.observed_on

    left join in_force
        on observed.observed_on = in_force.observed_on

),

foreseen as (

    select
        judged.customer_id,
        judged.observed_on,
        judged.fitted_through,
        judged.orders,
        judged.purchase_days,
        judged.days_since_first_order,
        judged.is_guest,
        judged.activity_status,
        judged.p_alive,
        {{ churn_p_order(
            'judged',
            'judged.p_alive',
            'judged.repeat_days',
            'judged.days_since_first_order',
            90
        ) }} as p_order_90d,
        {{ churn_p_order(
            'judged',
            'judged.p_alive',
            'judged.repeat_days',
            'judged.days_since_first_order',
            180
        ) }} as p_order_180d,
        {{ churn_p_order(
            'judged',
            'judged.p_alive',
            'judged.repeat_days',
            'judged.days_since_first_order',
            365
        ) }} as p_order_365d

    from judged

),

scored as (

    -- one factor for all horizons, so that further ahead is never less likely
    select
        foreseen.customer_id,
        foreseen.observed_on,
        foreseen.fitted_through,
        foreseen.orders,
        foreseen.purchase_days,
        foreseen.days_since_first_order,
        foreseen.is_guest,
        foreseen.activity_status,
        foreseen.p_alive,
        {{ round_to_9_digits('1 - (' ~ churn_p_order_corrected(
            'foreseen.p_order_90d', 'corrections.order_odds_factor'
        ) ~ ')') }} as churn_probability,
        {{ round_to_9_digits('1 - (' ~ churn_p_order_corrected(
            'foreseen.p_order_180d', 'corrections.order_odds_factor'
        ) ~ ')') }} as churn_probability_180d,
        {{ round_to_9_digits('1 - (' ~ churn_p_order_corrected(
            'foreseen.p_order_365d', 'corrections.order_odds_factor'
        ) ~ ')') }} as churn_probability_365d

    from foreseen

    left join corrections
        on
            foreseen.customer_id = corrections.customer_id
            and foreseen.observed_on = corrections.observed_on

),

averages as (

    -- in decimals: a sum of doubles depends on the order of the rows
    select
        observed_on,
        cast(sum(cast(churn_probability as decimal(18, 9))) as double)
        / count(churn_probability) as average_probability

    from scored

    where activity_status <> 'churned' and not is_guest

    group by observed_on

),

compared as (

    select
        scored.customer_id,
        scored.observed_on,
        scored.fitted_through,
        scored.orders,
        scored.purchase_days,
        scored.days_since_first_order,
        scored.activity_status,
        scored.p_alive,
        scored.churn_probability,
        scored.churn_probability_180d,
        scored.churn_probability_365d,
        {{ odds_ratio('scored.churn_probability', 'averages.average_probability') }}
            as churn_odds_ratio

    from scored

    left join averages
        on scored.observed_on = averages.observed_on

),

banded as (

    select
        compared.customer_id,
        compared.observed_on,
        compared.fitted_through,
        compared.purchase_days,
        compared.days_since_first_order,
        compared.p_alive,
        compared.churn_probability,
        compared.churn_probability_180d,
        compared.churn_probability_365d,
        compared.churn_odds_ratio,
        case
            when compared.orders = 0 then 'not_applicable'
            when compared.activity_status = 'churned' then 'churned'
            else coalesce(risks.category, 'unknown')
        end as churn_risk

    from compared

    left join risks
        on
            compared.observed_on = risks.observed_on
            and compared.churn_probability is not null
            and {{ falls_in(churn_risk_value('compared'), 'risks') }}

)

select * from banded

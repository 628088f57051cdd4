-- Who is likely not to come back, and what would we lose?

with

categories as (

    select
        dimension,
        category,
        label_en,
        label_zh

    from {{ ref('categories') }}

),

risks as (

    select
        customer_id,
        observed_on,
        churn_risk,
        churn_probability,
        churn_probability_180d,
        churn_probability_365d,
        churn_odds_ratio,
        p_alive

    from {{ ref('int_churn_risk_scored') }}

    where {{ is_today('observed_on') }}

),

predictions as (

    select
        customer_id,
        expected_orders_90d,
        expected_orders_180d,
        expected_orders_365d,
        expected_order_value,
        predicted_revenue_365d,
        clv_12m

    from {{ ref('int_customer_value_predicted') }}

    where {{ is_today('observed_on') }}

),

reasons as (

    select
        customer_id,
        expected_next_order_on,
        reason_1,
        reason_1_en,
        reason_1_zh,
        reason_2,
        reason_2_en,
        reason_2_zh,
        reason_3,
        reason_3_en,
        reason_3_zh

    from {{ ref('int_churn_reasons_given') }}

),

potentials as (

    select
        customer_id,
        value_potential

    from {{ ref('int_value_potential_projected') }}

    where {{ is_today('observed_on') }}

),

labelled as (

    select
        risks.customer_id,
        risks.churn_risk,
        churn_risks.label_en as churn_risk_label_en,
        churn_risks.label_zh as churn_risk_label_zh,
        potentials.value_potential,
        value_potentials.label_en as value_potential_label_en,
        value_potentials.label_zh as value_potential_label_zh,
        risks.churn_probability,
        risks.churn_probability_180d,
        risks.churn_probability_365d,
        risks.churn_odds_ratio,
        risks.p_alive,
        predictions.expected_orders_90d,
        predictions.expected_orders_180d,
        predictions.expected_orders_365d,
        predictions.expected_order_value,
        predictions.predicted_revenue_365d,
        predictions.clv_12m,
        reasons.expected_next_order_on,
        reasons.reason_1,
        reasons.reason_1_en,
        reasons.reason_1_zh,
        reasons.reason_2,
        reasons.reason_2_en,
        reasons.reason_2_zh,
        reasons.reason_3,
        reasons.reason_3_en,
        reasons.reason_3_zh,
        risks.observed_on

    from risks

    left join predictions
        on risks.customer_id = predictions.customer_id

    left join reasons
        on risks.customer_id = reasons.customer_id

    inner join potentials
        on risks.customer_id = potentials.customer_id

    left join categories as churn_risks
        on
            churn_risks.dimension = 'churn_risk'
            and risks.churn_risk = churn_risks.category

    left join categories as value_potentials
        on
            value_potentials.dimension = 'value_potential'
            and potentials.value_potential = value_potentials.category

)

select * from labelled

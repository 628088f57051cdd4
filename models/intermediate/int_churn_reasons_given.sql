-- Why may each customer not come back, in words, as of today?

with

evidence as (

    select
        customer_id,
        observed_on,
        purchase_days,
        first_ordered_on,
        days_since_last_order,
        expected_gap_days,
        expected_next_order_on,
        overdue_ratio,
        orders_180d,
        previous_orders_180d,
        orders_ratio,
        net_revenue_180d,
        previous_net_revenue_180d,
        spend_ratio,
        refund_share,
        open_complaints,
        complaint_on

    from {{ ref('int_churn_evidence_gathered') }}

),

reasons as (

    select
        reason,
        precedence,
        measure,
        above,
        at_least,
        below,
        up_to,
        template_en,
        template_zh

    from {{ ref('churn_reasons') }}

),

measured as (

    select
        evidence.customer_id,
        reasons.reason,
        case reasons.measure
            when 'open_complaints' then cast(evidence.open_complaints as double)
            when 'overdue_ratio' then evidence.overdue_ratio
            when 'orders_ratio' then evidence.orders_ratio
            when 'spend_ratio' then evidence.spend_ratio
            when 'refund_share' then evidence.refund_share
            when 'purchase_days' then cast(evidence.purchase_days as double)
        end as measured_value

    from evidence

    cross join reasons

),

ranked as (

    select
        measured.customer_id,
        reasons.reason,
        reasons.template_en,
        reasons.template_zh,
        row_number() over (
            partition by measured.customer_id
            order by reasons.precedence
        ) as reason_rank

    from measured

    inner join reasons
        on
            measured.reason = reasons.reason
            and measured.measured_value is not null
            and {{ falls_in('measured.measured_value', 'reasons') }}

),

{% set numbers = {
    'days': 'evidence.days_since_last_order',
    'gap_days': 'evidence.expected_gap_days',
    'orders': 'evidence.orders_180d',
    'previous_orders': 'evidence.previous_orders_180d',
    'spend': 'evidence.net_revenue_180d',
    'previous_spend': 'evidence.previous_net_revenue_180d',
    'refund_percent': 'cast(floor(100 * evidence.refund_share + 0.5) as bigint)',
    'first_on': 'evidence.first_ordered_on',
    'complaint_on': 'evidence.complaint_on',
    'currency': text_literal(var('reporting_currency')),
} -%}

worded as (

    select
        ranked.customer_id,
        ranked.reason_rank,
        ranked.reason,
        {{ filled_template('ranked.template_en', numbers) }} as reason_en,
        {{ filled_template('ranked.template_zh', numbers) }} as reason_zh

    from ranked

    inner join evidence
        on ranked.customer_id = evidence.customer_id

    where ranked.reason_rank <= 3

),

spread as (

    select
        customer_id,
        max(case when reason_rank = 1 then reason end) as reason_1,
        max(case when reason_rank = 1 then reason_en end) as reason_1_en,
        max(case when reason_rank = 1 then reason_zh end) as reason_1_zh,
        max(case when reason_rank = 2 then reason end) as reason_2,
        max(case when reason_rank = 2 then reason_en end) as reason_2_en,
        max(case when reason_rank = 2 then reason_zh end) as reason_2_zh,
        max(case when reason_rank = 3 then reason end) as reason_3,
        max(case when reason_rank = 3 then reason_en end) as reason_3_en,
        max(case when reason_rank = 3 then reason_zh end) as reason_3_zh

    from worded

    group by customer_id

),

given as (

    select
        evidence.customer_id,
        evidence.observed_on,
        evidence.expected_next_order_on,
        spread.reason_1,
        spread.reason_1_en,
        spread.reason_1_zh,
        spread.reason_2,
        spread.reason_2_en,
        spread.reason_2_zh,
        spread.reason_3,
        spread.reason_3_en,
        spread.reason_3_zh

    from evidence

    left join spread
        on evidence.customer_id = spread.customer_id

)

select * from given

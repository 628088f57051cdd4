-- Is each segment still distinct, stable, and served?

with

today as (

    select
        observed_on,
        previous_observed_on

    from {{ ref('int_observation_dates') }}

    where is_as_of

),

sizes as (

    select
        segment,
        segment_label_en,
        segment_label_zh,
        category_rank,
        customers,
        customers_share,
        net_revenue_365d,
        net_revenue_365d_share,
        observed_on

    from {{ ref('segment_summary') }}

),

counts as (

    select
        category as segment,
        customers,
        customers_left,
        observed_on

    from {{ ref('category_summary') }}

    where dimension = 'segment'

),

distances as (

    select
        segment,
        nearest_segment,
        distance

    from {{ ref('int_segments_compared') }}

),

playbook as (

    select
        segment,
        count(*) as actions

    from {{ ref('playbook') }}

    group by segment

),

contacts as (

    select
        customer_id,
        contacted_on

    from {{ ref('int_campaign_outcomes_measured') }}

    where not is_control

),

members as (

    select
        customer_id,
        segment,
        observed_on

    from {{ ref('customer_segments') }}

),

lifts as (

    select
        segment,
        conversion_lift,
        verdict

    from {{ ref('playbook_lift') }}

),

contacted as (

    select
        members.segment,
        count(distinct members.customer_id) as customers_contacted_365d

    from members

    inner join contacts
        on
            members.customer_id = contacts.customer_id
            and {{ days_between(
                'contacts.contacted_on', 'members.observed_on'
            ) }} <= 365

    group by members.segment

),

opinions as (

    select
        segment,
        count(case when satisfaction <> 'unknown' then 1 end) as customers_asked,
        count(case when satisfaction = 'satisfied' then 1 end) as customers_satisfied

    from {{ ref('customer_segments') }}

    group by segment

),

compared as (

    -- half a customer more on either date, as in segment_stability
    select
        latest.segment,
        latest.customers_left,
        earlier.customers as previous_customers,
        (latest.customers + cast(5e-1 as double))
        / sum(latest.customers + cast(5e-1 as double)) over () as latest_share,
        (earlier.customers + cast(5e-1 as double))
        / sum(earlier.customers + cast(5e-1 as double)) over () as earlier_share

    from today

    inner join counts as latest
        on today.observed_on = latest.observed_on

    left join counts as earlier
        on
            today.previous_observed_on = earlier.observed_on
            and latest.segment = earlier.segment

),

gathered as (

    select
        sizes.segment,
        sizes.segment_label_en,
        sizes.segment_label_zh,
        sizes.category_rank,
        sizes.customers,
        sizes.customers_share,
        sizes.net_revenue_365d,
        sizes.net_revenue_365d_share,
        distances.nearest_segment,
        distances.distance as distance_to_nearest,
        lifts.conversion_lift,
        lifts.verdict,
        sizes.observed_on,
        coalesce(playbook.actions, 0) as playbook_actions,
        coalesce(contacted.customers_contacted_365d, 0) as customers_contacted_365d,
        {{ share_of(
            'compared.previous_customers - compared.customers_left',
            'compared.previous_customers'
        ) }} as stayed_share,
        {{ round_to_9_digits(
            '(compared.latest_share - compared.earlier_share)'
            ~ ' * ln(compared.latest_share / compared.earlier_share)'
        ) }} as stability_index,
        {{ share_of('opinions.customers_satisfied', 'opinions.customers_asked') }}
            as satisfied_share

    from sizes

    inner join today
        on sizes.observed_on = today.observed_on

    left join distances
        on sizes.segment = distances.segment

    left join playbook
        on sizes.segment = playbook.segment

    left join contacted
        on sizes.segment = contacted.segment

    left join lifts
        on sizes.segment = lifts.segment

    left join opinions
        on sizes.segment = opinions.segment

    left join compared
        on sizes.segment = compared.segment

),

judged as (

    select
        segment,
        segment_label_en,
        segment_label_zh,
        category_rank,
        customers,
        customers_share,
        net_revenue_365d,
        net_revenue_365d_share,
        nearest_segment,
        distance_to_nearest,
        stayed_share,
        stability_index,
        satisfied_share,
        playbook_actions,
        customers_contacted_365d,
        conversion_lift,
        verdict,
        observed_on,
        customers = 0 as is_empty,
        distance_to_nearest >= {{ var('min_segment_distance') }} as is_distinct,
        stability_index < {{ var('max_segment_shift') }} as is_stable,
        playbook_actions > 0 and customers_contacted_365d > 0 as is_served

    from gathered

)

select * from judged

-- Is each segment still distinct, stable, and served?

with

sizes as (

    select
        months.segment,
        months.segment_label_en,
        months.segment_label_zh,
        months.category_rank,
        months.customers,
        months.customers_share,
        months.net_revenue_365d,
        months.net_revenue_365d_share,
        months.observed_on

    from {{ ref('segment_summary') }} as months

    inner join {{ ref('int_observation_dates') }} as clock
        on months.observed_on = clock.observed_on

    where clock.is_as_of

),

distances as (

    select
        segment,
        nearest_segment,
        distance

    from {{ ref('int_segments_compared') }}

),

shifts as (

    select
        segment,
        stayed_share,
        stability_index

    from {{ ref('int_segment_shifts_measured') }}

),

members as (

    select
        segment,
        customers_contacted_365d,
        contacted_share,
        satisfied_share

    from {{ ref('int_segment_members_counted') }}

),

playbook as (

    select
        segment,
        count(*) as actions

    from {{ ref('playbook') }}

    group by segment

),

lifts as (

    select
        segment,
        conversion_lift,
        verdict

    from {{ ref('playbook_lift') }}

),

judged as (

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
        shifts.stayed_share,
        shifts.stability_index,
        members.satisfied_share,
        members.contacted_share,
        lifts.conversion_lift,
        lifts.verdict,
        sizes.observed_on,
        coalesce(playbook.actions, 0) as playbook_actions,
        coalesce(members.customers_contacted_365d, 0) as customers_contacted_365d,
        sizes.customers = 0 as is_empty,
        distances.distance >= {{ var('min_segment_distance') }} as is_distinct,
        shifts.stability_index < {{ var('max_segment_shift') }} as is_stable,
        coalesce(playbook.actions, 0) > 0
        and members.contacted_share >= {{ var('min_contacted_share') }} as is_served

    from sizes

    left join distances
        on sizes.segment = distances.segment

    left join shifts
        on sizes.segment = shifts.segment

    left join members
        on sizes.segment = members.segment

    left join playbook
        on sizes.segment = playbook.segment

    left join lifts
        on sizes.segment = lifts.segment

)

select * from judged

-- What is to be done with each customer, and who is held out to compare with?

with

members as (

    select
        customer_id,
        dimension,
        category,
        since

    from {{ ref('customer_segment_memberships') }}

),

today as (

    select observed_on
    from {{ ref('int_observation_dates') }}

    where is_as_of

),

playbook as (

    select
        precedence,
        segment,
        satisfaction,
        action

    from {{ ref('playbook') }}

),

customers as (

    select
        segments.customer_id,
        segments.category as segment,
        segments.since as in_segment_since,
        satisfactions.category as satisfaction,
        satisfactions.since as satisfaction_since

    from members as segments

    inner join members as satisfactions
        on segments.customer_id = satisfactions.customer_id

    where
        segments.dimension = 'segment' and satisfactions.dimension = 'satisfaction'

),

matched as (

    -- lines of one precedence hold together
    select
        customers.customer_id,
        customers.segment,
        playbook.action,
        case
            when playbook.satisfaction = 'any' then customers.in_segment_since
            else greatest(customers.in_segment_since, customers.satisfaction_since)
        end as due_since,
        rank() over (
            partition by customers.customer_id
            order by playbook.precedence
        ) as match_rank

    from customers

    inner join playbook
        on
            {{ allows('playbook.segment', 'customers.segment') }}
            and {{ allows('playbook.satisfaction', 'customers.satisfaction') }}

),

assigned as (

    select
        matched.customer_id,
        matched.segment,
        matched.action,
        matched.due_since,
        today.observed_on,
        case
            when
                {{ held_out(
                    'matched.action', 'matched.segment', 'matched.customer_id'
                ) }}
                then 'control'
            else 'treatment'
        end as assigned_group

    from matched

    cross join today

    where matched.match_rank = 1

)

select * from assigned

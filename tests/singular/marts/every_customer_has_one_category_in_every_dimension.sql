-- A dimension is a question with one answer for each customer: unknown is one too. Who
-- had none would drop out of every summary, who had two would be counted twice. The
-- summaries of today are the same customers, cut another way.

with

customers as (

    select count(*) as all_customers
    from {{ ref('customer_segments') }}

),

dimensions as (

    select dimension
    from {{ ref('dimensions') }}

),

members as (

    select
        dimension,
        count(*) as memberships,
        count(distinct customer_id) as members

    from {{ ref('customer_segment_memberships') }}

    group by dimension

),

summed as (

    select
        dimension,
        sum(customers) as customers

    from {{ ref('membership_summary') }}

    group by dimension

),

crossed as (

    select sum(customers) as customers
    from {{ ref('need_value_matrix') }}

),

compared as (

    select
        dimensions.dimension,
        customers.all_customers,
        members.memberships,
        members.members,
        summed.customers as customers_in_summary,
        crossed.customers as customers_in_matrix

    from dimensions

    cross join customers

    cross join crossed

    left join members
        on dimensions.dimension = members.dimension

    left join summed
        on dimensions.dimension = summed.dimension

)

select * from compared

where
    customers_in_matrix is distinct from all_customers
    or members is distinct from all_customers
    or memberships is distinct from all_customers
    or customers_in_summary is distinct from all_customers

-- A name that nobody acts on is of no use: every segment in use has at least one
-- action of its own, and no action is for a segment that does not exist.

with

segments as (

    select category as segment
    from {{ ref('categories') }}

    where dimension = 'segment' and valid_to is null

),

playbook as (

    select
        segment,
        action

    from {{ ref('playbook') }}

    where segment <> 'any'

),

wrong as (

    select
        segments.segment,
        playbook.segment as playbook_segment,
        playbook.action

    from segments

    full outer join playbook
        on segments.segment = playbook.segment

    where segments.segment is null or playbook.segment is null

)

select * from wrong

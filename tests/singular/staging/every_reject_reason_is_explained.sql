-- Whoever has to mend a row reads what to do in reject_reasons: a code that is not
-- there helps nobody.

with

reject_reasons as (

    select reject_reason
    from {{ ref('reject_reasons') }}

),

combinations as (

    select distinct reject_reasons as reason_list
    from {{ ref('rejected_rows') }}

),

positions as (

    -- a row cannot have more reasons than there are
    select row_number() over (order by reject_reason) as position_in_list
    from reject_reasons

),

given as (

    select distinct
        split_part(
            combinations.reason_list, ';', cast(positions.position_in_list as int)
        ) as reject_reason

    from combinations

    cross join positions

),

unexplained as (

    select given.reject_reason

    from given

    left join reject_reasons
        on given.reject_reason = reject_reasons.reject_reason

    where given.reject_reason <> '' and reject_reasons.reject_reason is null

)

select * from unexplained

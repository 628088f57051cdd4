-- Recency 1 to 5 by the mean of frequency and monetary score, 1 to 5 in steps of one
-- half: 45 cells. A customer in a cell that is missing would have no group. (That no
-- cell is named twice is a test of the seed.)

with

rfm_groups as (

    select
        recency_score,
        frequency_monetary_score,
        rfm_group

    from {{ ref('rfm_groups') }}

),

scores (score) as (

    values (1), (2), (3), (4), (5)

),

cells as (

    select distinct
        recency.score as recency_score,
        (frequency.score + monetary.score) * 0.5 as frequency_monetary_score

    from scores as recency

    cross join scores as frequency

    cross join scores as monetary

),

compared as (

    select
        cells.recency_score as attainable_recency_score,
        cells.frequency_monetary_score as attainable_frequency_monetary_score,
        rfm_groups.recency_score,
        rfm_groups.frequency_monetary_score,
        rfm_groups.rfm_group

    from cells

    full outer join rfm_groups
        on
            cells.recency_score = rfm_groups.recency_score
            and cells.frequency_monetary_score = rfm_groups.frequency_monetary_score

    where cells.recency_score is null or rfm_groups.rfm_group is null

)

select * from compared

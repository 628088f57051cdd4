-- Is each segment still distinct, stable, and served?
select
    segment,
    customers,
    nearest_segment,
    contacted_share,
    is_empty,
    is_distinct,
    is_stable,
    is_served
from marts.segment_scorecard
order by category_rank;

-- Is each segment still distinct, stable, and served?
select
    segment,
    customers,
    nearest_segment,
    round(distance_to_nearest, 2) as distance,
    round(stayed_share, 2) as stayed,
    round(contacted_share, 2) as contacted,
    is_distinct,
    is_stable,
    is_served
from marts.segment_scorecard
order by category_rank;

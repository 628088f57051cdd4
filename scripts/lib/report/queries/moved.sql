-- Which share of the customers changed segment since the look before?
select
    observed_on,
    moved_share
from marts.segment_stability
where
    dimension = 'segment'
    and observed_on in $looks
order by observed_on;

-- On which dates did we look, newest first?
select distinct observed_on
from marts.segment_summary
order by observed_on desc;

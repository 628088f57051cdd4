-- Which rules name each segment, in the order they are tried?
select *
from catalogue.segment_rules
order by precedence;

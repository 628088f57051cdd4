-- Who went where since the look before?
select
    observed_on,
    dimension,
    from_category,
    to_category,
    move_kind,
    customers
from marts.segment_flows
where
    observed_on in $looks
    and (dimension = 'segment' or observed_on = $newest)
    and customers > 0
order by observed_on, dimension, from_category nulls first, to_category;

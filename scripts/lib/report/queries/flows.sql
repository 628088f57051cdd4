-- Who went where: by segment look by look, by everything else up to the look told of?
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
    and (dimension = 'segment' or observed_on = $until)
    and customers > 0
order by observed_on, dimension, from_category nulls first, to_category;

-- What does each segment buy more of than everybody else?
select
    segment,
    product_category,
    customers,
    buyers_share,
    lift
from marts.segment_category_affinity
where
    not is_low_support
    and customers >= $least_group
    and lift is not null
qualify row_number() over (partition by segment order by lift desc, product_category) <= 5
order by segment, lift desc, product_category;

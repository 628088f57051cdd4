-- Of everyone who came, how many got as far as each stage?
select
    lifecycle_stage,
    cast(sum(customers_reached) as bigint) as customers_reached,
    cast(sum(customers) as bigint) as customers
from marts.conversion
group by lifecycle_stage, stage_rank
order by stage_rank;

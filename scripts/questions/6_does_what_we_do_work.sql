-- Does what we do with each segment work?
select
    segment,
    treated_customers as treated,
    control_customers as held_out,
    round(conversion_lift, 3) as lift,
    round(conversion_lift_lower, 3) as lift_from,
    round(conversion_lift_upper, 3) as lift_to,
    incremental_revenue,
    contact_cost,
    verdict_label_en as verdict
from marts.playbook_lift
order by segment;

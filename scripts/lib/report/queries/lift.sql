-- What did acting on each segment bring, against those held out?
select
    playbook_lift.segment,
    playbook_lift.treated_customers,
    playbook_lift.control_customers,
    playbook_lift.conversion_lift,
    playbook_lift.conversion_lift_lower,
    playbook_lift.conversion_lift_upper,
    playbook_lift.incremental_revenue,
    playbook_lift.contact_cost,
    playbook_lift.verdict,
    playbook_lift.verdict_label_en,
    playbook_lift.verdict_label_zh
from marts.playbook_lift
inner join catalogue.categories
    on
        categories.dimension = 'segment'
        and categories.category = playbook_lift.segment
order by categories.category_rank;

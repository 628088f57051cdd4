-- What does the playbook say to do for each segment, and who does it?
select
    segment,
    action_en,
    action_zh,
    channel,
    kpi_en,
    kpi_zh,
    owner_en,
    owner_zh
from catalogue.playbook
order by segment, action;

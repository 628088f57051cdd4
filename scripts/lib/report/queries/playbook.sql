-- What does the playbook say to do for each segment, and who does it?
select
    segments.category as segment,
    playbook.action_en,
    playbook.action_zh,
    playbook.channel,
    playbook.kpi_en,
    playbook.kpi_zh,
    playbook.owner_en,
    playbook.owner_zh
from catalogue.playbook as playbook
inner join catalogue.categories as segments
    on playbook.segment in (segments.category, 'any')
where segments.dimension = 'segment'
order by segments.category, playbook.precedence desc, playbook.action;

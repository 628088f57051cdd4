-- Which rows of ours were not accepted, and what can we do about it?
select
    rejected_rows.raw_table,
    rejected_rows.reject_reasons,
    count(*) as rows_rejected,
    min(reject_reasons.remedy) as remedy
from marts.rejected_rows
left join catalogue.reject_reasons
    on reject_reasons.reject_reason = rejected_rows.reject_reasons
group by rejected_rows.raw_table, rejected_rows.reject_reasons
order by rows_rejected desc, rejected_rows.raw_table, rejected_rows.reject_reasons
limit 10;

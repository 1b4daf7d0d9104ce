-- supervision_warnings: the warnings that hold on a day, one for each case, stage or complaint
-- from:   supervision_reached, cases, supervision_open
-- out:    level VARCHAR, scope VARCHAR, warning VARCHAR, source VARCHAR, case_key BIGINT, case_id VARCHAR
-- out:    complaint_id VARCHAR, stage VARCHAR, first_event_number INTEGER, department VARCHAR, item VARCHAR
-- out:    due_on DATE, working_days_left INTEGER, turn VARCHAR, holding_department VARCHAR, holder VARCHAR
-- out:    name_zh VARCHAR, name_en VARCHAR
select
    reached.level,
    reached.scope,
    reached.warning,
    reached.source,
    reached.case_key,
    cases.case_id,
    reached.complaint_id,
    reached.stage,
    cast(reached.first_event_number as integer) as first_event_number,
    reached.department,
    reached.item,
    reached.due_on,
    cast(reached.working_days_left as integer) as working_days_left,
    open.turn,
    open.holding_department,
    open.holder,
    reached.name_zh,
    reached.name_en
from supervision_reached as reached
left join cases using (case_key)
left join supervision_open as open using (case_key)
order by
    reached.height desc, reached.due_on nulls last, reached.scope, reached.case_key nulls last,
    reached.complaint_id nulls last, reached.source nulls last, reached.stage nulls last,
    reached.first_event_number nulls last

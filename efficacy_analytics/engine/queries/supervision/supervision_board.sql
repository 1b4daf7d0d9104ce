-- supervision_board: the cases open on a day, the most urgent first
-- from:   supervision_open, supervision_reached, cohort_cases
-- out:    case_key BIGINT, case_id VARCHAR, department VARCHAR, item VARCHAR, colour VARCHAR, turn VARCHAR
-- out:    is_stopped BOOLEAN, stop_kind VARCHAR, stopped_since_on DATE, accepted_on DATE, due_on DATE
-- out:    limit_days INTEGER, limit_unit VARCHAR, counted_days INTEGER, stopped_days INTEGER, remaining_days INTEGER
-- out:    working_days_left INTEGER, used_share DOUBLE, is_late BOOLEAN, stage VARCHAR, last_activity VARCHAR
-- out:    holding_department VARCHAR, holder VARCHAR, waiting_since_on DATE, waiting_working_days INTEGER
-- out:    open_working_days INTEGER, step_count BIGINT, source VARCHAR
select
    open.case_key,
    cases.case_id,
    cases.department,
    cases.item,
    case
        when reached.level is not null then reached.level
        when open.is_stopped then 'stopped'
        when open.due_on is null then 'no_limit'
        else 'green'
    end as colour,
    open.turn,
    open.is_stopped,
    open.stop_kind,
    open.stopped_since_on,
    open.accepted_on,
    open.due_on,
    open.limit_days,
    open.limit_unit,
    open.counted_days,
    open.stopped_days,
    open.remaining_days,
    cast(open.working_days_left as integer) as working_days_left,
    open.used_share,
    open.is_late,
    open.stage,
    open.last_activity,
    open.holding_department,
    open.holder,
    open.waiting_since_on,
    cast(open.waiting_working_days as integer) as waiting_working_days,
    cast(open.open_working_days as integer) as open_working_days,
    open.step_count,
    cases.source
from supervision_open as open
inner join cohort_cases as cases using (case_key)
left join supervision_reached as reached on reached.case_key = open.case_key and reached.scope = 'case'
order by
    case colour when 'red' then 0 when 'yellow' then 1 when 'reminder' then 2 when 'green' then 3
        when 'stopped' then 4 else 5 end,
    open.due_on nulls last, open.working_days_left nulls last, open.case_key

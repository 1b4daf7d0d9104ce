-- supervision_board: the cases open on a day, the most urgent first
-- from:   supervision_board_rows
-- out:    case_key BIGINT, case_id VARCHAR, department VARCHAR, item VARCHAR, colour VARCHAR, turn VARCHAR
-- out:    is_stopped BOOLEAN, stop_kind VARCHAR, stopped_since_on DATE, accepted_on DATE, due_on DATE
-- out:    limit_days INTEGER, limit_unit VARCHAR, counted_days INTEGER, stopped_days INTEGER, remaining_days INTEGER
-- out:    working_days_left INTEGER, used_share DOUBLE, is_late BOOLEAN, stage VARCHAR, last_activity VARCHAR
-- out:    holding_department VARCHAR, holder VARCHAR, waiting_since_on DATE, waiting_working_days INTEGER
-- out:    open_working_days INTEGER, step_count BIGINT, source VARCHAR
select
    case_key,
    case_id,
    department,
    item,
    colour,
    turn,
    is_stopped,
    stop_kind,
    stopped_since_on,
    accepted_on,
    due_on,
    limit_days,
    limit_unit,
    counted_days,
    stopped_days,
    remaining_days,
    working_days_left,
    used_share,
    is_late,
    stage,
    last_activity,
    holding_department,
    holder,
    waiting_since_on,
    waiting_working_days,
    open_working_days,
    step_count,
    source
from supervision_board_rows
order by
    case colour when 'red' then 0 when 'yellow' then 1 when 'reminder' then 2 when 'green' then 3
        when 'stopped' then 4 else 5 end,
    due_on nulls last, working_days_left nulls last, case_key

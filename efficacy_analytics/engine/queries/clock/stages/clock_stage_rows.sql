-- clock_stage_rows: the verdict of every stage or activity with a limit of its own
-- from:   stage_verdicts
-- out:    case_key BIGINT, first_event_number INTEGER, stage VARCHAR, activity VARCHAR, limit_days INTEGER
-- out:    limit_unit VARCHAR, began_on DATE, ended_on DATE, counted_days INTEGER, stopped_days INTEGER, due_on DATE
-- out:    is_late BOOLEAN
select
    case_key,
    first_event_number,
    stage,
    activity,
    limit_days,
    limit_unit,
    began_on,
    ended_on,
    counted_days,
    stopped_days,
    due_on,
    is_late
from stage_verdicts
order by case_key, first_event_number, stage, activity

-- cohort_cases: the cases of the question, in order of their keys
-- from:   cohort_cases
select
    case_id,
    department,
    item,
    accepted_on,
    due_on,
    completed_on,
    counted_days,
    limit_days,
    limit_unit,
    stopped_days,
    is_open,
    is_late,
    throughput_elapsed_seconds,
    cohort_cases.* exclude (
        case_id, department, item, accepted_on, due_on, completed_on, counted_days, limit_days, limit_unit,
        stopped_days, is_open, is_late, throughput_elapsed_seconds
    )
from cohort_cases
order by case_key

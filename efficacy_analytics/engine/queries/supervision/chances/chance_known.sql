-- chance_known: rows of open cases not late yet, with what became of each as far as it is known
-- from:   chance_rows, chance_cases
-- out:    case_key BIGINT, day DATE, department VARCHAR, item VARCHAR, stage VARCHAR, holder VARCHAR
-- out:    counted_days DOUBLE, allowed_days DOUBLE, waiting_days DOUBLE, step_count DOUBLE, is_stopped BOOLEAN
-- out:    holder_load DOUBLE, department_load DOUBLE, queue_ahead DOUBLE, item_late_count DOUBLE
-- out:    item_known_count DOUBLE, department_late_count DOUBLE, department_known_count DOUBLE
-- out:    all_late_count DOUBLE, all_known_count DOUBLE, known_on DATE, is_late BOOLEAN, due_on DATE
-- out:    ended_on DATE, counted_in_all DOUBLE
select
    chance_rows.case_key,
    day,
    chance_rows.department,
    chance_rows.item,
    stage,
    holder,
    cast(chance_rows.counted_days as double) as counted_days,
    cast(chance_rows.allowed_days as double) as allowed_days,
    cast(waiting_days as double) as waiting_days,
    cast(step_count as double) as step_count,
    is_stopped,
    cast(holder_load as double) as holder_load,
    cast(department_load as double) as department_load,
    cast(queue_ahead as double) as queue_ahead,
    cast(item_late_count as double) as item_late_count,
    cast(item_known_count as double) as item_known_count,
    cast(department_late_count as double) as department_late_count,
    cast(department_known_count as double) as department_known_count,
    cast(all_late_count as double) as all_late_count,
    cast(all_known_count as double) as all_known_count,
    chance_cases.known_on,
    chance_cases.is_late,
    chance_cases.due_on,
    chance_cases.ended_on,
    cast(chance_cases.counted_days as double) as counted_in_all
from chance_rows
inner join chance_cases using (case_key)
order by day, case_key

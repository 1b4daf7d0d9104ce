-- comparison_due_cases: the cases that came due, each with its work, in the order of their due dates
-- from:   comparison_case
-- out:    department VARCHAR, item VARCHAR, kind VARCHAR, channel VARCHAR, season VARCHAR, limit_class VARCHAR
-- out:    has_stop VARCHAR, month VARCHAR, due_on DATE, is_late BOOLEAN
select department, item, kind, channel, season, limit_class, has_stop, month, due_on, is_late
from comparison_case
where not is_apart and is_due and department is not null
order by department, due_on, case_key

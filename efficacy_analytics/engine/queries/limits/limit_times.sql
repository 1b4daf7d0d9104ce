-- limit_times: the time of each case as limits are held against it, or how long it has taken so far
-- from:   cohort_cases
-- out:    case_key BIGINT, department VARCHAR, item VARCHAR, accepted_on DATE, is_open BOOLEAN, needed_days INTEGER
-- out:    elapsed_days INTEGER
-- needed_days: the shortest limit that the case would have kept.
-- Left out: green-lane and withdrawn cases, and completed ones whose time could not be counted.
select
    case_key,
    cast(department as varchar) as department,
    cast(item as varchar) as item,
    accepted_on,
    is_open,
    cast(needed_days as integer) as needed_days,
    if(is_open, null, completed_on - accepted_on) as elapsed_days
from cohort_cases
where is_under_clock
    and (is_open or counted_days is not null)
order by department nulls last, item nulls last, accepted_on nulls first, case_key

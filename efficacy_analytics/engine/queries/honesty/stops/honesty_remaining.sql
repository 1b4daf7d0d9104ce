-- honesty_remaining: per department and item, the completed cases by the days left of their limit
-- from:   honesty_cases
-- param:  most_days INTEGER  days further from the limit are left out
-- out:    department VARCHAR, item VARCHAR, remaining_days BIGINT, case_count BIGINT
-- Left out: withdrawn and green-lane cases, limits under four days, in hours, months and on the spot.
select
    department,
    item,
    cast(remaining_days as bigint) as remaining_days,
    count(*) as case_count
from honesty_cases
where not is_open
    and is_under_clock
    and limit_unit in ('working_days', 'calendar_days')
    and span_days >= 4
    and remaining_days between -cast($most_days as integer) and cast($most_days as integer)
group by department, item, remaining_days
order by department nulls last, item nulls last, remaining_days

-- honesty_period_ends: per department and month, its completed cases and those of the month's last working day
-- from:   honesty_cases, honesty_days
-- out:    department VARCHAR, month DATE, completed_count BIGINT, last_day_count BIGINT, month_working_days BIGINT
-- Left out: withdrawn cases, completions on rest days, and a month that the snapshot's day cuts short.
select
    cases.department,
    cast(date_trunc('month', cases.completed_on) as date) as month,
    count(*) as completed_count,
    count(*) filter (where cases.completed_on = days.last_working_day) as last_day_count,
    max(days.month_working_days) as month_working_days
from honesty_cases as cases
inner join honesty_days as days
    on days.calendar_number = cases.calendar_number and days.day = cases.completed_on
where not cases.is_open
    and not cases.is_withdrawn
    and days.is_working_day
    and days.last_working_day <= cases.as_on
group by cases.department, month
order by cases.department nulls last, month

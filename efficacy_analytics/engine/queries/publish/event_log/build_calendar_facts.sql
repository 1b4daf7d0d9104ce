-- build_calendar_facts: each calendar of the snapshot, its span and its number of working days
-- from:   calendar
-- out:    calendar VARCHAR, first_on DATE, last_on DATE, working_day_count BIGINT
select
    calendar,
    min(day) as first_on,
    max(day) as last_on,
    count(*) filter (where is_working_day) as working_day_count
from calendar
group by calendar
order by calendar

-- comparison_working_days: the working days of each month in the first calendar of the snapshot
-- from:   calendar
-- out:    month VARCHAR, working_days BIGINT, is_whole BOOLEAN
select
    strftime(day, '%Y-%m') as month,
    count(*) filter (where is_working_day) as working_days,
    count(*) = day(last_day(min(day))) as is_whole
from calendar
where calendar_number = (select min(calendar_number) from calendar)
group by month
order by month

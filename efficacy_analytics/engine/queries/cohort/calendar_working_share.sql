-- calendar_working_share: the share of working days among the days that the snapshot's calendars know
-- from:   calendar
-- out:    working_share DOUBLE
select avg(cast(is_working_day as integer)) as working_share
from calendar
order by working_share

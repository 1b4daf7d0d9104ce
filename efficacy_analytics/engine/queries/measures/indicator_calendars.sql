-- indicator_calendars: the calendar of each case, as a temporary view
-- from:   clock_cases
create or replace temp view indicator_calendars as
select case_key, coalesce(nullif(calendar_number, 0), 1) as calendar_number
from clock_cases

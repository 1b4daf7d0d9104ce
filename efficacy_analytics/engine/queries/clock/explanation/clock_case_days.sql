-- clock_case_days: the calendar of one case, a row a day
-- from:   clock_cases, calendar
-- param:  case_key BIGINT  the case
-- out:    calendar VARCHAR, day DATE, is_working_day BOOLEAN, why VARCHAR
select calendar.calendar, calendar.day, calendar.is_working_day, calendar.why
from clock_cases
inner join calendar using (calendar_number)
where clock_cases.case_key = $case_key
order by calendar.day

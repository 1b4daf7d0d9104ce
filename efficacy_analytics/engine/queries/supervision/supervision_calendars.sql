-- supervision_calendars: from which day to which each calendar of the cohort's cases knows the working days
-- from:   cohort_cases, clock_cases, calendar
-- out:    calendar VARCHAR, first_on DATE, last_on DATE
select
    min(calendar.calendar) as calendar,
    min(calendar.day) as first_on,
    max(calendar.day) as last_on
from calendar
where calendar.calendar_number in (
    select calendar_number from clock_cases where case_key in (select case_key from cohort_cases)
)
group by calendar.calendar_number
order by calendar, first_on, last_on

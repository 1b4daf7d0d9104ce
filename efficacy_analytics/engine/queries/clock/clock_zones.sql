-- clock_zones: the time zone of each calendar number that a case or the calendar has
-- from:   case_readings_in, calendar
--
-- Cases of one calendar number share a time zone; a case without a number has the number 0, which no calendar has.
create or replace table clock_zones as
with stated as (
    select * from (select cast(null as varchar) as time_zone where false)
    union all by name
    select * from case_readings_in
),

numbers as (
    select coalesce(calendar_number, 0) as calendar_number, any_value(time_zone) as time_zone
    from stated
    group by calendar_number
    union all
    select distinct calendar_number, cast(null as varchar) as time_zone
    from calendar
)

select calendar_number, coalesce(max(time_zone), 'UTC') as time_zone
from numbers
group by calendar_number
order by calendar_number;

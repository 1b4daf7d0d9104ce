-- build_case_counting: the cases that do not simply count working days: calendar-day limits, and clock stops
-- from:   case_verdicts, clock_stop_readings
--
-- The first stop stands in columns of its own, since most cases have no second.
create table case_counting as
with stopped as (
    select
        readings.case_key,
        list(
            if(
                verdicts.limit_unit in ('calendar_days', 'months'),
                {'days_from': calendar_days_from, 'days_until': calendar_days_until},
                {'days_from': working_days_from, 'days_until': working_days_until}
            )
            order by stopped_from_on
        ) as stops
    from clock_stop_readings as readings
    inner join case_verdicts as verdicts using (case_key)
    group by readings.case_key
)

select
    verdicts.case_key,
    coalesce(verdicts.limit_unit in ('calendar_days', 'months'), false) as in_calendar_days,
    coalesce(stopped.stops[1].days_from, 0) as days_from,
    coalesce(stopped.stops[1].days_until, 0) as days_until,
    if(len(stopped.stops) > 1, stopped.stops[2:], null) as further_stops
from case_verdicts as verdicts
left join stopped using (case_key)
where in_calendar_days or stopped.stops is not null;

-- build_case_classes: what kind of case it is for the clock, said once: as macros over the columns of a case
-- from:   nothing
--
-- Withdrawn and green-lane cases stand outside the promise clock. Judged are the completed cases under the clock that
-- have a verdict, and the open ones past their due date. A limit on the spot is counted in working days, one in months
-- in calendar days.
create or replace temp macro case_is_withdrawn(status) as coalesce(status, '') = 'withdrawn';

create or replace temp macro case_is_under_clock(status, is_green_lane) as
    not case_is_withdrawn(status) and not coalesce(is_green_lane, false);

create or replace temp macro case_verdict_class(status, is_green_lane, is_open, is_late) as case
    when case_is_withdrawn(status) then 'withdrawn'
    when is_green_lane then 'green_lane'
    when is_open then if(is_late, 'overdue', 'open')
    when is_late then 'late'
    when not is_late then 'on_time'
    else 'not_judged'
end;

create or replace temp macro case_is_judged(status, is_green_lane, is_open, is_late) as
    case_verdict_class(status, is_green_lane, is_open, is_late) in ('on_time', 'late', 'overdue');

create or replace temp macro counted_unit_of(limit_unit) as case cast(limit_unit as varchar)
    when 'on_the_spot' then 'working_days'
    when 'months' then 'calendar_days'
    else cast(limit_unit as varchar)
end;

-- build_case_classes: what kind of case it is for the clock, said once: as macros over the columns of a case
-- from:   nothing
--
-- A share on time counts the cases whose due date has come by the day of the verdict: its last day is over, whenever the
-- case was completed. Who counted what is completed early and not what is still open would find short limits kept worse
-- than long ones. Of those due, a case is on time, on time by an extension only, late, open and overdue, or withdrawn
-- when it was late already. Not counted: what is not yet due, what was withdrawn in time, a refusal to accept (it never
-- had a clock), green-lane cases (judged by the statute, apart), and what has no verdict.
-- A limit on the spot is counted in working days, one in months in calendar days.
create or replace temp macro case_is_withdrawn(status) as coalesce(status, '') = 'withdrawn';

create or replace temp macro case_is_not_accepted(status) as coalesce(status, '') = 'not_accepted';

create or replace temp macro case_is_under_clock(status, is_green_lane) as
    not case_is_withdrawn(status) and not case_is_not_accepted(status) and not coalesce(is_green_lane, false);

create or replace temp macro case_verdict_class(status, is_green_lane, is_open, is_due, is_late, is_late_unextended) as case
    when case_is_not_accepted(status) then 'not_accepted'
    when case_is_withdrawn(status)
        then if(is_due and is_late and not coalesce(is_green_lane, false), 'withdrawn_late', 'withdrawn')
    when is_green_lane then 'green_lane'
    when is_late is null then 'not_judged'
    when not coalesce(is_due, false) then 'not_yet_due'
    when is_open then 'overdue'
    when is_late then 'late'
    when is_late_unextended then 'by_extension'
    else 'on_time'
end;

create or replace temp macro case_class_is_judged(verdict_class) as
    verdict_class in ('on_time', 'by_extension', 'late', 'overdue', 'withdrawn_late');

create or replace temp macro case_is_judged_apart(status, is_green_lane, is_due, is_late) as
    coalesce(is_green_lane, false) and not case_is_withdrawn(status) and not case_is_not_accepted(status)
    and coalesce(is_due, false) and is_late is not null;

create or replace temp macro case_is_judged_by_statute(status, is_green_lane, is_due, is_late) as
    not coalesce(is_green_lane, false) and not case_is_not_accepted(status)
    and coalesce(is_due, false) and is_late is not null
    and (not case_is_withdrawn(status) or is_late);

create or replace temp macro counted_unit_of(limit_unit) as case cast(limit_unit as varchar)
    when 'on_the_spot' then 'working_days'
    when 'months' then 'calendar_days'
    else cast(limit_unit as varchar)
end;

-- responsibility_parts: the counted days of each judged case, divided among its steps: waiting for each, working on it
-- from:   cohort_cases, case_verdicts, clock_cases, clock_stop_readings, calendar, event_log, applicant_activities
-- param:  as_on DATE  the day of the verdicts
--
-- A step has the counted days from the latest completion among the steps before it to its own, from acceptance to the
-- end of the case only, without stops; what is left after the last step is a part of its own. All parts of a case add
-- up to its counted days. Of a step's days those of its recorded work are work, the others waiting. A case that was late
-- when it was withdrawn is late, as it is where shares on time are counted.
create or replace temp table responsibility_parts as
with judged as (
    select
        cases.case_key,
        cases.item,
        cases.department,
        clock_cases.calendar_number,
        clock_cases.accepted_on,
        least(coalesce(clock_cases.ended_on, cast($as_on as date)), cast($as_on as date)) as end_on,
        verdicts.limit_unit in ('working_days', 'on_the_spot') as counts_working_days,
        verdicts.is_late,
        verdicts.is_open,
        -verdicts.remaining_days as overrun_days
    from cohort_cases as cases
    inner join case_verdicts as verdicts using (case_key)
    inner join clock_cases using (case_key)
    where (cases.is_under_clock or cases.verdict_class = 'withdrawn_late')
      and cases.verdict_class <> 'not_accepted'
      and verdicts.is_late is not null
      and not (verdicts.is_open and not verdicts.is_late)
      and verdicts.counted_days is not null
      and verdicts.limit_unit <> 'hours'
      and clock_cases.accepted_on <= cast($as_on as date)
),

steps as (
    select
        judged.case_key,
        events.event_number,
        cast(events.activity as varchar) as activity,
        cast(events.department as varchar) as department,
        cast(events.resource as varchar) as resource,
        if(events.is_start_recorded, greatest(0, events.service_counted_days), 0) as work_days,
        greatest(judged.accepted_on, least(judged.end_on, max(events.completed_on) over (
            partition by judged.case_key order by events.event_number rows between unbounded preceding and current row
        ))) as to_on
    from judged
    inner join event_log as events using (case_key)
    where events.completed_on <= cast($as_on as date)
),

ended as (
    select case_key, event_number, activity, department, resource, work_days, to_on from steps
    union all
    select case_key, null, null, department, null, 0, end_on from judged
),

borders as (
    select
        ended.*,
        judged.item,
        judged.department as case_department,
        judged.calendar_number,
        judged.counts_working_days,
        judged.is_late,
        judged.overrun_days,
        coalesce(lag(ended.to_on) over (
            partition by ended.case_key order by ended.event_number nulls last
        ), judged.accepted_on) as from_on
    from ended
    inner join judged using (case_key)
),

stopped as (
    select
        borders.case_key,
        borders.event_number,
        sum(if(
            borders.counts_working_days,
            until_day.working_days_to - from_day.working_days_to,
            least(spans.stopped_until_on, borders.to_on) - greatest(spans.stopped_from_on, borders.from_on)
        )) as stopped_days
    from borders
    inner join clock_stop_readings as spans
        on spans.case_key = borders.case_key
        and spans.stopped_from_on < borders.to_on
        and spans.stopped_until_on > borders.from_on
    inner join calendar as from_day
        on from_day.calendar_number = borders.calendar_number
        and from_day.day = greatest(spans.stopped_from_on, borders.from_on)
    inner join calendar as until_day
        on until_day.calendar_number = borders.calendar_number
        and until_day.day = least(spans.stopped_until_on, borders.to_on)
    where borders.from_on < borders.to_on
    group by borders.case_key, borders.event_number
),

measured as (
    select
        borders.*,
        if(
            borders.counts_working_days,
            until_day.working_days_to - from_day.working_days_to,
            borders.to_on - borders.from_on
        ) - coalesce(stopped.stopped_days, 0) as days
    from borders
    inner join calendar as from_day
        on from_day.calendar_number = borders.calendar_number and from_day.day = borders.from_on
    inner join calendar as until_day
        on until_day.calendar_number = borders.calendar_number and until_day.day = borders.to_on
    left join stopped
        on stopped.case_key = borders.case_key and stopped.event_number is not distinct from borders.event_number
),

caused as (
    select *, 'work' as cause, least(days, work_days) as part_days
    from measured
    where event_number is not null and activity not in (select activity from applicant_activities)
    union all
    select *, 'waiting', days - least(days, work_days)
    from measured
    where event_number is not null and activity not in (select activity from applicant_activities)
    union all
    select *, 'applicant', days
    from measured
    where event_number is not null and activity in (select activity from applicant_activities)
    union all
    select *, 'after_last_step', days
    from measured
    where event_number is null
)

select
    case_key,
    item,
    case_department,
    is_late,
    overrun_days,
    event_number,
    activity,
    coalesce(department, case_department) as department,
    resource,
    cause,
    part_days as days
from caused;

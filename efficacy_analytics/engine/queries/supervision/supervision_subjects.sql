-- supervision_subjects: whatever has a due date and is not done on a day: cases, stages of open cases, complaints
-- from:   supervision_open, cohort_cases, stage_limits, stage_verdicts, event_log, clock_stop_readings, calendar
-- from:   supervision_complaints
-- param:  as_on DATE  the day
--
-- The stage of a case's last step lasts until a step of another stage is completed; its days are counted as those of
-- a case, from the day the step before it was completed, without stops.
create or replace temp table supervision_subjects as
with steps as (
    select
        events.case_key,
        events.event_number,
        coalesce(cast(events.stage as varchar), step_stages.stage) as stage,
        cast(events.activity as varchar) as activity,
        events.completed_on
    from event_log as events
    left join step_stages on step_stages.activity = cast(events.activity as varchar)
    where events.completed_on <= cast($as_on as date)
      and exists (select 1 from stage_limits)
      and events.case_key in (
          select case_key from supervision_open
          where stage in (select stage from stage_limits) or last_activity in (select activity from stage_limits)
      )
),

borders as (
    select
        open.case_key,
        max(steps.event_number) filter (where steps.stage is distinct from open.stage) as last_other_number
    from supervision_open as open
    inner join steps using (case_key)
    group by open.case_key
),

visits as (
    select
        open.case_key,
        open.calendar_number,
        open.today_reading,
        open.is_stopped,
        open.is_working_day,
        cases.item,
        cases.department,
        open.stage,
        min(steps.event_number) filter (where steps.event_number > coalesce(borders.last_other_number, 0))
            as first_event_number,
        coalesce(
            max(steps.completed_on) filter (where steps.event_number <= borders.last_other_number), open.arrived_on
        ) as began_on
    from supervision_open as open
    inner join cohort_cases as cases using (case_key)
    inner join borders using (case_key)
    inner join steps using (case_key)
    where open.stage in (select stage from stage_limits)
    group by
        open.case_key, open.calendar_number, open.today_reading, open.is_stopped, open.is_working_day, cases.item,
        cases.department, open.stage, open.arrived_on
),

limited as (
    select
        visits.*,
        limits.length,
        limits.unit = 'calendar_days' as counts_all_days,
        began.working_days_to as began_reading
    from visits
    inner join stage_limits as limits
        on limits.stage = visits.stage
        and coalesce(limits.item = visits.item, limits.item is null)
        and coalesce(limits.department = visits.department, limits.department is null)
        and coalesce(limits.valid_from <= visits.began_on, true)
        and coalesce(limits.valid_until > visits.began_on, true)
    left join calendar as began
        on began.calendar_number = visits.calendar_number and began.day = visits.began_on
    qualify row_number() over (
        partition by visits.case_key
        order by limits.item is null, limits.department is null, limits.valid_from desc nulls last, limits.length
    ) = 1
),

stopped as (
    select
        limited.case_key,
        sum(if(
            limited.counts_all_days,
            least(stops.stopped_until_on, cast($as_on as date)) - greatest(stops.stopped_from_on, limited.began_on),
            least(stops.working_days_until, limited.today_reading)
            - greatest(stops.working_days_from, limited.began_reading)
        )) as stopped_days
    from limited
    inner join clock_stop_readings as stops
        on stops.case_key = limited.case_key
        and stops.stopped_until_on > limited.began_on
        and stops.stopped_from_on < cast($as_on as date)
    group by limited.case_key
),

counted as (
    select
        limited.*,
        limited.length - (
            if(
                limited.counts_all_days,
                cast($as_on as date) - limited.began_on,
                limited.today_reading - limited.began_reading
            ) - coalesce(stopped.stopped_days, 0)
        ) as days_left
    from limited
    left join stopped using (case_key)
),

stage_due as (
    select
        counted.*,
        if(
            counts_all_days,
            (
                select min(days.day) from calendar as days
                where days.calendar_number = counted.calendar_number and days.is_working_day
                  and days.day >= cast($as_on as date) + cast(days_left as integer)
            ),
            (
                select min(days.day) from calendar as days
                where days.calendar_number = counted.calendar_number
                  and days.working_days_to = today_reading + cast(days_left as integer)
            )
        ) as due_on
    from counted
),

overrun_stages as (
    select
        verdicts.case_key,
        verdicts.stage,
        verdicts.activity,
        verdicts.first_event_number,
        verdicts.due_on,
        cases.item,
        cases.department
    from stage_verdicts as verdicts
    inner join cohort_cases as cases using (case_key)
    inner join supervision_open using (case_key)
    where verdicts.is_late
      and verdicts.ended_on <= cast($as_on as date)
      and not exists (
          select 1 from visits
          where visits.case_key = verdicts.case_key and visits.first_event_number = verdicts.first_event_number
      )
)

select
    'case' as scope,
    open.case_key,
    cast(null as varchar) as complaint_id,
    cast(null as varchar) as stage,
    cast(null as integer) as first_event_number,
    cases.item,
    cases.department,
    open.due_on,
    open.working_days_left,
    open.used_share,
    coalesce(open.is_late, false) as is_past_due,
    open.is_stopped
from supervision_open as open
inner join cohort_cases as cases using (case_key)
union all
select
    'stage',
    stage_due.case_key,
    null,
    stage_due.stage,
    stage_due.first_event_number,
    stage_due.item,
    stage_due.department,
    stage_due.due_on,
    due.working_days_to - stage_due.today_reading,
    1 - stage_due.days_left / nullif(cast(stage_due.length as double), 0),
    if(
        stage_due.counts_all_days,
        coalesce(stage_due.due_on < cast($as_on as date), stage_due.days_left < 0),
        stage_due.days_left < 0 or stage_due.days_left = 0 and not stage_due.is_stopped and not stage_due.is_working_day
    ),
    stage_due.is_stopped
from stage_due
left join calendar as due
    on due.calendar_number = stage_due.calendar_number and due.day = stage_due.due_on
union all
select
    'stage',
    case_key,
    null,
    coalesce(stage, activity),
    first_event_number,
    item,
    department,
    due_on,
    null,
    null,
    true,
    false
from overrun_stages
union all
select
    'complaint',
    complaints.case_key,
    complaints.complaint_id,
    null,
    null,
    complaints.item,
    complaints.department,
    due.day,
    due.working_days_to - today.working_days_to,
    null,
    due.day < cast($as_on as date),
    false
from supervision_complaints as complaints
inner join calendar as received
    on received.calendar_number = complaints.calendar_number and received.day = complaints.received_on
inner join calendar as today
    on today.calendar_number = complaints.calendar_number and today.day = cast($as_on as date)
left join calendar as due
    on due.calendar_number = complaints.calendar_number and due.is_working_day
    and due.working_days_to = received.working_days_to + complaints.answer_days
where complaints.received_on <= cast($as_on as date)
  and coalesce(complaints.answered_on > cast($as_on as date), true);

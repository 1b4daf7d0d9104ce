-- supervision_open: every case open on a day: its clock that day, where it lies since when, whether it stands still
-- from:   cohort_cases, case_verdicts, event_log, clock_cases, clock_stops, clock_rules, calendar, step_stages
-- from:   applicant_activities
-- param:  as_on DATE  the day; steps completed later are not known yet
--
-- A case lies where its last step was completed, until its next one is. A stop holds from its first day until the day
-- before its last; a kind of stop about which the applicant is told by notice waits for the applicant, any other for
-- somebody else.
create or replace temp table supervision_open as
with chosen as (
    select
        cases.case_key,
        cases.applied_on,
        cases.accepted_on,
        verdicts.limit_days,
        verdicts.limit_unit,
        verdicts.counted_days,
        verdicts.stopped_days,
        verdicts.remaining_days,
        verdicts.due_on,
        verdicts.is_late,
        clock_cases.calendar_number
    from cohort_cases as cases
    inner join case_verdicts as verdicts using (case_key)
    inner join clock_cases using (case_key)
    where verdicts.is_open
      and coalesce(cases.accepted_on, cases.applied_on, date '0001-01-01') <= cast($as_on as date)
),

steps as (
    select
        case_key,
        arg_max(
            {
                'event_number': event_number,
                'activity': activity,
                'resource': resource,
                'department': department,
                'stage': stage
            },
            event_number
        ) as last_step,
        max(completed_on) as last_on,
        min(completed_on) as first_on,
        count(*) as step_count
    from event_log
    where completed_on <= cast($as_on as date)
      and case_key in (select case_key from chosen)
    group by case_key
),

stops as (
    select
        stops.case_key,
        arg_min(stops.kind, (stops.stopped_from_on, stops.kind)) as stop_kind,
        min(stops.stopped_from_on) as stopped_since_on,
        bool_or(rules.notice_within_working_days is not null) as waits_for_applicant
    from clock_stops as stops
    inner join clock_rules as rules using (kind)
    where stops.effect = 'stops'
      and not stops.ends_before_start
      and stops.stopped_from_on <= cast($as_on as date)
      and coalesce(stops.stopped_until_on > cast($as_on as date), true)
      and stops.case_key in (select case_key from chosen)
    group by stops.case_key
),

placed as (
    select
        chosen.*,
        coalesce(chosen.accepted_on, chosen.applied_on, steps.first_on) as arrived_on,
        coalesce(steps.last_on, chosen.accepted_on, chosen.applied_on) as waiting_since_on,
        coalesce(steps.step_count, 0) as step_count,
        steps.last_step.event_number as last_event_number,
        cast(steps.last_step.activity as varchar) as last_activity,
        cast(steps.last_step.resource as varchar) as holder,
        coalesce(cast(steps.last_step.department as varchar), cases.department) as holding_department,
        coalesce(cast(steps.last_step.stage as varchar), step_stages.stage) as stage,
        stops.stop_kind,
        stops.stopped_since_on,
        coalesce(stops.waits_for_applicant, false) as waits_for_applicant
    from chosen
    inner join cohort_cases as cases using (case_key)
    left join steps using (case_key)
    left join step_stages on step_stages.activity = cast(steps.last_step.activity as varchar)
    left join stops using (case_key)
    where coalesce(chosen.accepted_on, chosen.applied_on, steps.first_on) is not null
       or cases.first_at is null  -- no day of it is known at all
)

select
    placed.* exclude (applied_on, waits_for_applicant),
    today.working_days_to as today_reading,
    today.is_working_day as is_working_day,
    due.working_days_to - today.working_days_to as working_days_left,
    today.working_days_to - arrived.working_days_to as open_working_days,
    today.working_days_to - since.working_days_to as waiting_working_days,
    if(
        counted_days + remaining_days > 0, counted_days / cast(counted_days + remaining_days as double), null
    ) as used_share,
    stop_kind is not null as is_stopped,
    case
        when waits_for_applicant then 'applicant'
        when stop_kind is not null then 'elsewhere'
        else 'office'
    end as turn
from placed
left join calendar as today
    on today.calendar_number = placed.calendar_number and today.day = cast($as_on as date)
left join calendar as due
    on due.calendar_number = placed.calendar_number and due.day = placed.due_on
left join calendar as arrived
    on arrived.calendar_number = placed.calendar_number and arrived.day = placed.arrived_on
left join calendar as since
    on since.calendar_number = placed.calendar_number and since.day = placed.waiting_since_on;

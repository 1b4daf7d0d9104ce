-- supervision_subjects: whatever has a due date and is not done on a day: cases, stages of open cases, complaints
-- from:   supervision_open, cohort_cases, stage_verdicts, calendar, supervision_complaints
-- param:  as_on DATE  the day
create or replace temp table supervision_subjects as
select
    'case' as scope,
    open.case_key,
    cases.source,
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
    verdicts.case_key,
    cases.source,
    null,
    coalesce(verdicts.stage, verdicts.activity),
    verdicts.first_event_number,
    cases.item,
    cases.department,
    verdicts.due_on,
    if(verdicts.is_running, due.working_days_to - open.today_reading, null),
    if(verdicts.is_running, verdicts.counted_days / nullif(cast(verdicts.limit_days as double), 0), null),
    coalesce(verdicts.is_late, false),
    verdicts.is_running and open.is_stopped
from stage_verdicts as verdicts
inner join supervision_open as open using (case_key)
inner join cohort_cases as cases using (case_key)
left join calendar as due
    on due.calendar_number = open.calendar_number and due.day = verdicts.due_on
where verdicts.is_running or verdicts.is_late
union all
select
    'complaint',
    complaints.case_key,
    complaints.source,
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

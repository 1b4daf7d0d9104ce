-- supervision_standing: the cases, stages and complaints that a card of a day may be about, and when each was due
-- from:   supervision_open, cohort_cases, stage_spans, stage_verdicts, supervision_subjects, complaints, cases
-- param:  as_on DATE  the day
-- out:    scope VARCHAR, source VARCHAR, case_id VARCHAR, complaint_id VARCHAR, stage VARCHAR
-- out:    first_event_number INTEGER, due_then_on DATE, was_under_way BOOLEAN, was_past_due BOOLEAN
-- out:    was_stopped BOOLEAN
--
-- Stages are those for which any limit is declared, that which each open case is in and those passed through; without a
-- due date is what no limit holds for. A complaint is there from the day it was received until that of its answer.
with subjects as (
    select 'case' as scope, case_key, cases.source, null as complaint_id, null as stage, null as first_event_number
    from supervision_open
    inner join cohort_cases as cases using (case_key)
    union all
    select 'stage', spans.case_key, cases.source, null, coalesce(spans.stage, spans.activity), spans.first_event_number
    from stage_spans as spans
    inner join cohort_cases as cases using (case_key)
    union all
    select 'complaint', case_key, source, complaint_id, null, null
    from complaints
    where received_on <= cast($as_on as date)
      and coalesce(answered_on > cast($as_on as date), true)
)

select
    subjects.scope,
    subjects.source,
    cases.case_id,
    subjects.complaint_id,
    subjects.stage,
    cast(subjects.first_event_number as integer) as first_event_number,
    coalesce(warned.due_on, verdicts.due_on) as due_then_on,
    warned.scope is not null as was_under_way,
    coalesce(warned.is_past_due, false) as was_past_due,
    coalesce(warned.is_stopped, false) as was_stopped
from subjects
left join cases using (case_key)
left join supervision_subjects as warned
    on warned.scope = subjects.scope
    and warned.case_key is not distinct from subjects.case_key
    and warned.source is not distinct from subjects.source
    and warned.complaint_id is not distinct from subjects.complaint_id
    and warned.stage is not distinct from subjects.stage
    and warned.first_event_number is not distinct from subjects.first_event_number
left join stage_verdicts as verdicts
    on subjects.scope = 'stage'
    and verdicts.case_key = subjects.case_key
    and coalesce(verdicts.stage, verdicts.activity) = subjects.stage
    and verdicts.first_event_number = subjects.first_event_number
order by subjects.scope, subjects.case_key, subjects.source, subjects.complaint_id, subjects.first_event_number,
    subjects.stage

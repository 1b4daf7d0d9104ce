-- clock_case: what the clock knows of the cases with a number, and its verdict
-- from:   cases, clock_cases, clock_notes, clock_terms, clock_zones, clock_settings
-- param:  case_id VARCHAR  the case's number in its source
-- out:    case_key BIGINT, source VARCHAR, began_on DATE
-- out:    began_local TIMESTAMP, ended_on DATE, ended_local TIMESTAMP, due_on DATE, stated_due_on DATE
-- out:    limit_length INTEGER, limit_unit VARCHAR, extension_days INTEGER, counted_days INTEGER, stopped_days INTEGER
-- out:    is_open BOOLEAN, is_late BOOLEAN, clock_flags VARCHAR[], as_on DATE, time_zone VARCHAR
select
    cases.case_key,
    cases.source,
    clock_cases.accepted_on as began_on,
    timezone(zones.time_zone, clock_cases.accepted_at) as began_local,
    clock_cases.ended_on,
    timezone(zones.time_zone, clock_cases.completed_at) as ended_local,
    cases.due_on,
    notes.stated_due_on,
    terms.limit_length,
    terms.limit_unit,
    coalesce(notes.extension_days, 0) as extension_days,
    cases.counted_days,
    cases.stopped_days,
    cases.is_open,
    cases.is_late,
    cases.clock_flags,
    clock_settings.as_on,
    zones.time_zone
from cases
inner join clock_cases using (case_key)
left join clock_notes as notes using (note_number)
inner join clock_terms as terms using (terms_key)
inner join clock_zones as zones using (calendar_number)
cross join clock_settings
where cases.case_id = $case_id
order by cases.case_key

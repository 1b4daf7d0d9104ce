-- cases_behind: the cases that go from one activity straight to another, those that wait longest first
-- from:   cohort_cases, cohort_events
-- param:  activity VARCHAR         from
-- param:  next_activity VARCHAR    to
-- param:  most_rows BIGINT         no more rows than this
-- out:    case_id VARCHAR, department VARCHAR, item VARCHAR, accepted_on DATE, event_number BIGINT
-- out:    enabled_at TIMESTAMPTZ, started_at TIMESTAMPTZ, completed_at TIMESTAMPTZ, time_kind VARCHAR
-- out:    waiting_elapsed_seconds DOUBLE, waiting_open_seconds DOUBLE, throughput_elapsed_seconds DOUBLE
select
    cast(cases.case_id as varchar) as case_id,
    cast(cases.department as varchar) as department,
    cast(cases.item as varchar) as item,
    cases.accepted_on,
    cast(events.event_number as bigint) as event_number,
    events.enabled_at,
    events.started_at,
    events.completed_at,
    if(events.is_start_recorded, 'waiting', 'between_completions') as time_kind,
    cast(events.waiting_elapsed_seconds as double) as waiting_elapsed_seconds,
    cast(events.waiting_open_seconds as double) as waiting_open_seconds,
    cast(cases.throughput_elapsed_seconds as double) as throughput_elapsed_seconds
from cohort_events as events
inner join cohort_cases as cases using (case_key)
where cast(events.previous_activity as varchar) = cast($activity as varchar)
  and cast(events.activity as varchar) = cast($next_activity as varchar)
order by events.waiting_elapsed_seconds desc, events.case_key, events.event_number
limit cast($most_rows as bigint)

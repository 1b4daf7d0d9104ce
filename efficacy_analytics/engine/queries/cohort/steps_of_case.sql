-- steps_of_case: the steps of one case in their order, in the local time of its delivery
-- from:   cohort_cases, cohort_events, clock_cases, clock_zones
-- param:  case_id VARCHAR   the case's number in its source
-- param:  source VARCHAR    which source; null where one alone has the number
-- out:    event_number BIGINT, activity VARCHAR, stage VARCHAR, resource VARCHAR, department VARCHAR
-- out:    enabled_local TIMESTAMP, started_local TIMESTAMP, completed_local TIMESTAMP, is_start_recorded BOOLEAN
-- out:    waiting_elapsed_seconds DOUBLE, waiting_open_seconds DOUBLE, waiting_counted_days DOUBLE
-- out:    service_elapsed_seconds DOUBLE, service_open_seconds DOUBLE, service_counted_days DOUBLE
select
    cast(events.event_number as bigint) as event_number,
    cast(events.activity as varchar) as activity,
    cast(events.stage as varchar) as stage,
    cast(events.resource as varchar) as resource,
    coalesce(cast(events.department as varchar), cast(cases.department as varchar)) as department,
    timezone(zones.time_zone, events.enabled_at) as enabled_local,
    timezone(zones.time_zone, events.started_at) as started_local,
    timezone(zones.time_zone, events.completed_at) as completed_local,
    events.is_start_recorded,
    cast(events.waiting_elapsed_seconds as double) as waiting_elapsed_seconds,
    cast(events.waiting_open_seconds as double) as waiting_open_seconds,
    cast(events.waiting_counted_days as double) as waiting_counted_days,
    cast(events.service_elapsed_seconds as double) as service_elapsed_seconds,
    cast(events.service_open_seconds as double) as service_open_seconds,
    cast(events.service_counted_days as double) as service_counted_days
from cohort_events as events
inner join cohort_cases as cases using (case_key)
inner join clock_cases as clock using (case_key)
inner join clock_zones as zones on zones.calendar_number = clock.calendar_number
where cases.case_id = cast($case_id as varchar)
  and (cast($source as varchar) is null or cases.source = cast($source as varchar))
order by events.case_key, events.event_number

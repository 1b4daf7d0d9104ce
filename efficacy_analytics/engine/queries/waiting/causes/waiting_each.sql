-- waiting_each: every transition of the cohort with its waiting by cause
-- from:   waiting_transition, waiting_instances, cohort_cases
-- out:    case_id VARCHAR, event_number BIGINT, activity VARCHAR, resource VARCHAR, next_activity VARCHAR
-- out:    next_resource VARCHAR, enabled_at TIMESTAMPTZ, started_at TIMESTAMPTZ, is_start_estimated BOOLEAN
-- out:    waiting_seconds DOUBLE, batching_seconds DOUBLE, contention_seconds DOUBLE, prioritisation_seconds DOUBLE
-- out:    unavailability_seconds DOUBLE, extraneous_seconds DOUBLE, clock_stop_seconds DOUBLE, applicant_seconds DOUBLE
select
    cohort_cases.case_id,
    instances.instance % 1000000 as event_number,
    cast(instances.enabling_activity as varchar) as activity,
    cast(instances.enabling_resource as varchar) as resource,
    cast(instances.activity as varchar) as next_activity,
    cast(instances.resource as varchar) as next_resource,
    make_timestamptz(instances.enabled_us) as enabled_at,
    make_timestamptz(instances.start_us) as started_at,
    instances.is_start_estimated,
    waiting_us / 1000000 as waiting_seconds,
    batching_us / 1000000 as batching_seconds,
    contention_us / 1000000 as contention_seconds,
    prioritisation_us / 1000000 as prioritisation_seconds,
    unavailability_us / 1000000 as unavailability_seconds,
    extraneous_us / 1000000 as extraneous_seconds,
    clock_stop_us / 1000000 as clock_stop_seconds,
    applicant_us / 1000000 as applicant_seconds
from waiting_transition
inner join waiting_instances as instances using (instance)
inner join cohort_cases using (case_key)
order by cohort_cases.case_key, event_number

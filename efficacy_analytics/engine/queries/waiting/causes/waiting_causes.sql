-- waiting_causes: waiting by cause between pairs of activities and of those who did them
-- from:   waiting_transition, waiting_instances
-- out:    activity VARCHAR, resource VARCHAR, next_activity VARCHAR, next_resource VARCHAR, transition_count BIGINT
-- out:    waiting_seconds DOUBLE, batching_seconds DOUBLE, contention_seconds DOUBLE, prioritisation_seconds DOUBLE
-- out:    unavailability_seconds DOUBLE, extraneous_seconds DOUBLE, clock_stop_seconds DOUBLE, applicant_seconds DOUBLE
-- out:    estimated_start_count BIGINT
select
    cast(instances.enabling_activity as varchar) as activity,
    cast(instances.enabling_resource as varchar) as resource,
    cast(instances.activity as varchar) as next_activity,
    cast(instances.resource as varchar) as next_resource,
    count(*) as transition_count,
    sum(waiting_us) / 1000000 as waiting_seconds,
    sum(batching_us) / 1000000 as batching_seconds,
    sum(contention_us) / 1000000 as contention_seconds,
    sum(prioritisation_us) / 1000000 as prioritisation_seconds,
    sum(unavailability_us) / 1000000 as unavailability_seconds,
    sum(extraneous_us) / 1000000 as extraneous_seconds,
    sum(clock_stop_us) / 1000000 as clock_stop_seconds,
    sum(applicant_us) / 1000000 as applicant_seconds,
    count(*) filter (where instances.is_start_estimated) as estimated_start_count
from waiting_transition
inner join waiting_instances as instances using (instance)
group by all
order by waiting_seconds desc, activity, resource, next_activity, next_resource

-- waiting_effects: how much of the time would be work if one cause of waiting were gone
-- from:   waiting_transition, waiting_instances, cohort_cases
-- out:    cause VARCHAR, waiting_seconds DOUBLE, waiting_share DOUBLE, efficiency_share DOUBLE
-- out:    efficiency_without_share DOUBLE
with processed as (
    select sum(end_us - start_us) as processing_us
    from waiting_instances
    where case_key in (select case_key from cohort_cases)
),

caused as (
    unpivot (
        select
            sum(clock_stop_us) as clock_stop,
            sum(applicant_us) as applicant,
            sum(batching_us) as batching,
            sum(contention_us) as contention,
            sum(prioritisation_us) as prioritisation,
            sum(unavailability_us) as unavailability,
            sum(extraneous_us) as extraneous
        from waiting_transition
    )
    on columns(*)
    into name cause value cause_us
),

waited as (
    select sum(waiting_us) as waiting_us
    from waiting_transition
)

select
    caused.cause,
    cause_us / 1000000 as waiting_seconds,
    cause_us / nullif(waiting_us, 0) as waiting_share,
    processing_us / nullif(processing_us + waiting_us, 0) as efficiency_share,
    processing_us / nullif(processing_us + waiting_us - cause_us, 0) as efficiency_without_share
from caused
cross join waited
cross join processed
order by waiting_seconds desc, caused.cause

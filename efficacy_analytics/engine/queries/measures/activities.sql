-- activities: how often each activity happens, in how many cases, and how long it waits and takes
-- from:   cohort_events
-- out:    activity VARCHAR, event_count BIGINT, case_count BIGINT, repeating_case_count BIGINT
-- out:    start_case_count BIGINT, end_case_count BIGINT
-- out:    service_elapsed_seconds_median DOUBLE, service_open_seconds_median DOUBLE
-- out:    waiting_elapsed_seconds_median DOUBLE, waiting_open_seconds_median DOUBLE, recorded_start_share DOUBLE
with per_case as (
    select activity, case_key, count(*) as event_count
    from cohort_events
    group by activity, case_key
),

repeated as (
    select activity, count(*) as case_count, count(*) filter (where event_count > 1) as repeating_case_count
    from per_case
    group by activity
),

lengths as (
    select
        activity,
        count(*) as event_count,
        count(*) filter (where event_number = 1) as start_case_count,
        count(*) filter (where next_activity is null) as end_case_count,
        median(service_elapsed_seconds) as service_elapsed_seconds_median,
        median(service_open_seconds) as service_open_seconds_median,
        median(waiting_elapsed_seconds) as waiting_elapsed_seconds_median,
        median(waiting_open_seconds) as waiting_open_seconds_median,
        avg(cast(is_start_recorded as integer)) as recorded_start_share
    from cohort_events
    group by activity
)

select
    cast(activity as varchar) as activity,
    event_count,
    case_count,
    repeating_case_count,
    start_case_count,
    end_case_count,
    cast(service_elapsed_seconds_median as double) as service_elapsed_seconds_median,
    cast(service_open_seconds_median as double) as service_open_seconds_median,
    cast(waiting_elapsed_seconds_median as double) as waiting_elapsed_seconds_median,
    cast(waiting_open_seconds_median as double) as waiting_open_seconds_median,
    recorded_start_share
from lengths
inner join repeated using (activity)
order by event_count desc, activity

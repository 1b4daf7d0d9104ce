-- profile_deviations: pairs of events that lie unusually close together or far apart, with their cases
-- from:   cohort_cases, profile_pair, profile_measure
-- param:  most_deviations DOUBLE    how many standard deviations from the mean are still usual
-- out:    case_key BIGINT, case_id VARCHAR, activity VARCHAR, event_number INTEGER, next_activity VARCHAR
-- out:    next_event_number INTEGER, elapsed_seconds DOUBLE, elapsed_seconds_mean DOUBLE, deviations DOUBLE
-- deviations: the distance from the mean in standard deviations, negative where the pair is too close.
select
    profile_pair.case_key,
    cohort_cases.case_id,
    cast(profile_pair.activity as varchar) as activity,
    profile_pair.event_number,
    cast(profile_pair.next_activity as varchar) as next_activity,
    profile_pair.next_event_number,
    elapsed_milliseconds / 1000 as elapsed_seconds,
    elapsed_milliseconds_mean / 1000 as elapsed_seconds_mean,
    (elapsed_milliseconds - elapsed_milliseconds_mean) / elapsed_milliseconds_deviation as deviations
from profile_pair
inner join profile_measure using (activity, next_activity)
inner join cohort_cases using (case_key)
where abs(elapsed_milliseconds - elapsed_milliseconds_mean)
    > cast($most_deviations as double) * elapsed_milliseconds_deviation
order by profile_pair.case_key, profile_pair.event_number, profile_pair.next_event_number

-- profile_summary: mean and standard deviation of the time between two activities, and how many pairs lie beyond
-- from:   profile_pair, profile_measure
-- param:  most_deviations DOUBLE    how many standard deviations from the mean are still usual
-- out:    activity VARCHAR, next_activity VARCHAR, pair_count BIGINT, case_count BIGINT, elapsed_seconds_mean DOUBLE
-- out:    elapsed_seconds_deviation DOUBLE, unusual_count BIGINT
with unusual as (
    select profile_pair.activity, profile_pair.next_activity, count(*) as unusual_count
    from profile_pair
    inner join profile_measure using (activity, next_activity)
    where abs(elapsed_milliseconds - elapsed_milliseconds_mean)
        > cast($most_deviations as double) * elapsed_milliseconds_deviation
    group by profile_pair.activity, profile_pair.next_activity
)

select
    cast(profile_measure.activity as varchar) as activity,
    cast(profile_measure.next_activity as varchar) as next_activity,
    cast(profile_measure.pair_count as bigint) as pair_count,
    profile_measure.case_count,
    elapsed_milliseconds_mean / 1000 as elapsed_seconds_mean,
    elapsed_milliseconds_deviation / 1000 as elapsed_seconds_deviation,
    coalesce(unusual.unusual_count, 0) as unusual_count
from profile_measure
left join unusual using (activity, next_activity)
order by pair_count desc, activity, next_activity

-- difference_activities: per pair of activities and case, how often the case takes the pair and its mean gap
-- from:   cohort_events
-- out:    activity VARCHAR, next_activity VARCHAR, transition_count BIGINT, elapsed_seconds DOUBLE, open_seconds DOUBLE
select
    cast(previous_activity as varchar) as activity,
    cast(activity as varchar) as next_activity,
    count(*) as transition_count,
    cast(avg(previous_elapsed_seconds) as double) as elapsed_seconds,
    cast(avg(previous_open_seconds) as double) as open_seconds
from cohort_events
where previous_activity is not null
group by previous_activity, cohort_events.activity, case_key
order by 1, 2, elapsed_seconds, open_seconds, transition_count

-- directly_follows_kept: how often, and after how long, one activity follows another, in the whole snapshot
-- from:   kept_directly_follows
-- out:    activity VARCHAR, next_activity VARCHAR, transition_count BIGINT, case_count BIGINT
-- out:    elapsed_seconds_mean DOUBLE, elapsed_seconds_median DOUBLE, elapsed_seconds_p90 DOUBLE
-- out:    open_seconds_mean DOUBLE, open_seconds_median DOUBLE, open_seconds_p90 DOUBLE
-- out:    counted_days_mean DOUBLE, counted_days_median DOUBLE, counted_days_p90 DOUBLE
select
    activity,
    next_activity,
    transition_count,
    case_count,
    elapsed_seconds_mean,
    elapsed_seconds_median,
    elapsed_seconds_p90,
    open_seconds_mean,
    open_seconds_median,
    open_seconds_p90,
    counted_days_mean,
    counted_days_median,
    counted_days_p90
from kept_directly_follows
order by transition_count desc, activity, next_activity

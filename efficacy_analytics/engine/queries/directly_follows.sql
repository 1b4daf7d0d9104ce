-- directly_follows: how often, and after how long, one activity follows another
-- from:   cohort_events
-- out:    activity VARCHAR, next_activity VARCHAR, transition_count BIGINT, case_count BIGINT
-- out:    elapsed_seconds_mean DOUBLE, elapsed_seconds_median DOUBLE, elapsed_seconds_p90 DOUBLE
-- out:    open_seconds_mean DOUBLE, open_seconds_median DOUBLE, open_seconds_p90 DOUBLE
with per_case as (
    select previous_activity, activity, case_key
    from cohort_events
    where previous_activity is not null
    group by previous_activity, activity, case_key
),

cases_of_pairs as (
    select previous_activity, activity, count(*) as case_count
    from per_case
    group by previous_activity, activity
),

lengths as (
    select
        previous_activity,
        activity,
        count(*) as transition_count,
        avg(previous_elapsed_seconds) as elapsed_seconds_mean,
        quantile_cont(previous_elapsed_seconds, [0.5, 0.9]) as elapsed_quantiles,
        avg(previous_open_seconds) as open_seconds_mean,
        quantile_cont(previous_open_seconds, [0.5, 0.9]) as open_quantiles
    from cohort_events
    where previous_activity is not null
    group by previous_activity, activity
)

select
    cast(previous_activity as varchar) as activity,
    cast(activity as varchar) as next_activity,
    transition_count,
    case_count,
    elapsed_seconds_mean,
    cast(elapsed_quantiles[1] as double) as elapsed_seconds_median,
    cast(elapsed_quantiles[2] as double) as elapsed_seconds_p90,
    open_seconds_mean,
    cast(open_quantiles[1] as double) as open_seconds_median,
    cast(open_quantiles[2] as double) as open_seconds_p90
from lengths
inner join cases_of_pairs using (previous_activity, activity)
order by transition_count desc, 1, 2

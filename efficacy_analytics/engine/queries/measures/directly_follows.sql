-- directly_follows: how often, and after how long, one activity follows another
-- from:   cohort_events, cohort_cases, variants
-- out:    activity VARCHAR, next_activity VARCHAR, transition_count BIGINT, case_count BIGINT
-- out:    elapsed_seconds_mean DOUBLE, elapsed_seconds_median DOUBLE, elapsed_seconds_p90 DOUBLE
-- out:    open_seconds_mean DOUBLE, open_seconds_median DOUBLE, open_seconds_p90 DOUBLE
-- out:    counted_days_mean DOUBLE, counted_days_median DOUBLE, counted_days_p90 DOUBLE
--
-- The cases of a pair are those of the variants that hold it.
with variant_counts as (
    select variant_key, count(*) as case_count
    from cohort_cases
    group by variant_key
),

variant_pairs as (
    select distinct variant_key, unnest(activities[:-2]) as activity, unnest(activities[2:]) as next_activity
    from variants
    where variant_key in (select variant_key from variant_counts)
),

cases_of_pairs as (
    select variant_pairs.activity, variant_pairs.next_activity, cast(sum(case_count) as bigint) as case_count
    from variant_pairs
    inner join variant_counts using (variant_key)
    group by variant_pairs.activity, variant_pairs.next_activity
),

lengths as (
    select
        previous_activity,
        activity,
        count(*) as transition_count,
        avg(previous_elapsed_seconds) as elapsed_seconds_mean,
        quantile_cont(previous_elapsed_seconds, [0.5, 0.9]) as elapsed_quantiles,
        avg(previous_open_seconds) as open_seconds_mean,
        quantile_cont(previous_open_seconds, [0.5, 0.9]) as open_quantiles,
        avg(previous_counted_days) as counted_days_mean,
        quantile_cont(previous_counted_days, [0.5, 0.9]) as counted_quantiles
    from cohort_events
    where previous_activity is not null
    group by previous_activity, activity
)

select
    cases_of_pairs.activity,
    cases_of_pairs.next_activity,
    transition_count,
    case_count,
    elapsed_seconds_mean,
    cast(elapsed_quantiles[1] as double) as elapsed_seconds_median,
    cast(elapsed_quantiles[2] as double) as elapsed_seconds_p90,
    open_seconds_mean,
    cast(open_quantiles[1] as double) as open_seconds_median,
    cast(open_quantiles[2] as double) as open_seconds_p90,
    counted_days_mean,
    cast(counted_quantiles[1] as double) as counted_days_median,
    cast(counted_quantiles[2] as double) as counted_days_p90
from lengths
inner join cases_of_pairs
    on cases_of_pairs.activity = cast(lengths.previous_activity as varchar)
    and cases_of_pairs.next_activity = cast(lengths.activity as varchar)
order by transition_count desc, cases_of_pairs.activity, cases_of_pairs.next_activity

-- stage_variants: the sequences of stages that cases follow, most frequent first
-- from:   cohort_cases, cohort_events, step_group (activity, step)
-- out:    activities VARCHAR[], case_count BIGINT, case_share DOUBLE, case_share_cumulated DOUBLE
-- out:    elapsed_seconds_median DOUBLE, open_seconds_median DOUBLE
-- Steps of one stage in a row count once; an activity without a stage is its own.
with staged as (
    select
        events.case_key,
        events.event_number,
        coalesce(step_group.step, cast(events.activity as varchar)) as step
    from cohort_events as events
    left join step_group on step_group.activity = cast(events.activity as varchar)
),

changes as (
    select case_key, event_number, step
    from staged
    qualify step is distinct from lag(step) over (partition by case_key order by event_number)
),

paths as (
    select case_key, list(step order by event_number) as activities
    from changes
    group by case_key
),

counted as (
    select
        paths.activities,
        count(*) as case_count,
        median(cases.throughput_elapsed_seconds) as elapsed_seconds_median,
        median(cases.throughput_open_seconds) as open_seconds_median
    from paths
    inner join cohort_cases as cases using (case_key)
    group by paths.activities
)

select
    activities,
    case_count,
    case_count / sum(case_count) over () as case_share,
    sum(case_count) over (order by case_count desc, activities) / sum(case_count) over () as case_share_cumulated,
    cast(elapsed_seconds_median as double) as elapsed_seconds_median,
    cast(open_seconds_median as double) as open_seconds_median
from counted
order by case_count desc, activities

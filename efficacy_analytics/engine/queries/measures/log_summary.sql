-- log_summary: the size of the log in one row
-- from:   cohort_cases, cohort_events, cohort_undated
-- out:    case_count BIGINT, event_count BIGINT, activity_count BIGINT, variant_count BIGINT, resource_count BIGINT
-- out:    undated_case_count BIGINT, first_at TIMESTAMPTZ, last_at TIMESTAMPTZ
with events as (
    select
        count(*) as event_count,
        count(distinct activity) as activity_count,
        count(distinct resource) as resource_count,
        min(started_at) as first_at,
        max(completed_at) as last_at
    from cohort_events
),

chosen as (
    select count(*) as case_count, count(distinct variant_key) as variant_count
    from cohort_cases
),

undated as (
    select count(*) as undated_case_count
    from cohort_undated
)

select
    case_count,
    event_count,
    activity_count,
    variant_count,
    resource_count,
    undated_case_count,
    first_at,
    last_at
from chosen
cross join events
cross join undated
order by case_count

-- stages: how often cases pass through each stage, and what it holds
-- from:   cohort_events, stage_of (activity, stage), stage_visit
-- out:    stage VARCHAR, activity_count BIGINT, event_count BIGINT, visit_count BIGINT, case_count BIGINT
-- out:    start_case_count BIGINT, end_case_count BIGINT
with events as (
    select
        stage_of.stage,
        count(distinct events.activity) as activity_count,
        count(*) as event_count
    from cohort_events as events
    inner join stage_of on stage_of.activity = cast(events.activity as varchar)
    group by stage_of.stage
),

visits as (
    select
        stage,
        count(*) as visit_count,
        count(distinct case_key) as case_count,
        count(*) filter (where visit = 1) as start_case_count,
        count(*) filter (where next_stage is null) as end_case_count
    from stage_visit
    group by stage
)

select stage, activity_count, event_count, visit_count, case_count, start_case_count, end_case_count
from events
inner join visits using (stage)
order by event_count desc, stage

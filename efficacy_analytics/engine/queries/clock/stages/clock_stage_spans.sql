-- clock_stage_spans: each time a case passed through a stage or activity that has a limit of its own, from when until when
-- from:   staged_events, clock_cases, stage_limits
--
-- A stage runs from the day the step before it was completed (the first from acceptance) to the completion of its last
-- step in a row; an activity, each time it occurs. The rule that holds is that in force on the day `ruled_on`.
create or replace temp table stage_spans as
with steps as (
    select
        case_key,
        event_number,
        cast(stage as varchar) as stage,
        cast(activity as varchar) as activity,
        completed_on,
        max(completed_on) over (
            partition by case_key order by event_number rows between unbounded preceding and 1 preceding
        ) as enabled_on,
        event_number - row_number() over (partition by case_key, stage order by event_number) as stage_run
    from staged_events
),

runs as (
    select
        case_key,
        stage,
        cast(null as varchar) as activity,
        min(event_number) as first_event_number,
        arg_min_null(enabled_on, event_number) as enabled_on,
        max(completed_on) as ended_on
    from steps
    where stage in (select stage from stage_limits)
    group by case_key, stage, stage_run
    union all
    select case_key, cast(null as varchar) as stage, activity, event_number, enabled_on, completed_on
    from steps
    where activity in (select activity from stage_limits)
)

select
    runs.case_key,
    runs.first_event_number,
    runs.stage,
    runs.activity,
    coalesce(runs.enabled_on, clock_cases.accepted_on) as ruled_on,
    coalesce(runs.enabled_on, least(clock_cases.accepted_on, runs.ended_on)) as began_on,
    runs.ended_on,
    false as is_running
from runs
inner join clock_cases using (case_key);

-- stage_visits: each run of events of one stage in a case, and the gap to the next run, as a temporary table
-- from:   cohort_cases, event_facts, stage_of (activity, stage)
-- out:    case_key INTEGER, visit BIGINT, stage VARCHAR, next_stage VARCHAR, first_activity VARCHAR
-- out:    last_activity VARCHAR, next_activity VARCHAR, elapsed_seconds BIGINT, open_seconds BIGINT
--
-- The gap runs from the last completion in the one run to the first start in the next, never below zero. Moments are
-- places on the case's own axis: the sum of all signed lengths before them. A case with an event outside its calendar
-- has no place on the open clock.
create or replace temporary table stage_visit as
with read as (
    select
        facts.case_key,
        facts.event_number,
        facts.activity,
        stage_of.stage,
        seconds_between(facts.started_at, facts.completed_at) as service_elapsed,
        facts.start_to_completion_open as service_open,
        if(facts.event_number = 1, 0, facts.previous_to_start_elapsed) as before_elapsed,
        if(facts.event_number = 1, 0, facts.previous_to_start_open) as before_open
    from event_facts as facts
    inner join stage_of on stage_of.activity = facts.activity
    where facts.case_key in (select case_key from cohort_cases)
),

placed as (
    select
        case_key,
        event_number,
        activity,
        stage,
        service_elapsed,
        service_open,
        sum(before_elapsed + service_elapsed) over so_far as completed_elapsed,
        if(
            count(before_open + service_open) over so_far = event_number, sum(before_open + service_open) over so_far, null
        ) as completed_open,
        stage is distinct from lag(stage) over in_order as is_change
    from read
    window
        in_order as (partition by case_key order by event_number),
        so_far as (partition by case_key order by event_number rows unbounded preceding)
),

numbered as (
    select
        *,
        sum(cast(is_change as integer)) over (
            partition by case_key order by event_number rows unbounded preceding
        ) as visit
    from placed
),

visits as (
    select
        case_key,
        visit,
        any_value(stage) as stage,
        any_value(if(is_change, activity, null)) as first_activity,
        max_by(activity, event_number) as last_activity,
        any_value(if(is_change, completed_elapsed - service_elapsed, null)) as first_start_elapsed,
        any_value(if(is_change, completed_open - service_open, null)) as first_start_open,
        max(completed_elapsed) as last_completion_elapsed,
        if(count(completed_open) = count(*), max(completed_open), null) as last_completion_open
    from numbered
    group by case_key, visit
)

select
    case_key,
    visit,
    stage,
    lead(stage) over in_case as next_stage,
    first_activity,
    last_activity,
    lead(first_activity) over in_case as next_activity,
    greatest(0, lead(first_start_elapsed) over in_case - last_completion_elapsed) as elapsed_seconds,
    if(
        lead(first_start_open) over in_case is null or last_completion_open is null,
        null,
        greatest(0, lead(first_start_open) over in_case - last_completion_open)
    ) as open_seconds
from visits
window in_case as (partition by case_key order by visit);

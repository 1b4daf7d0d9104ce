-- supervision_stage_spans: of the open cases the stages passed through by a day, and the one each is in, that day its end
-- from:   stage_spans, supervision_open, event_log, step_stages, stage_limits
-- param:  as_on DATE  the day
--
-- The stage of a case's last step lasts until a step of another stage is completed; it runs from the day the step before
-- it was completed.
create or replace temp table supervision_visits as
with chosen as (
    select case_key, stage, arrived_on
    from supervision_open
    where stage in (select stage from stage_limits)
),

steps as (
    select
        chosen.case_key,
        events.event_number,
        coalesce(cast(events.stage as varchar), step_stages.stage) is not distinct from chosen.stage as is_of_stage,
        events.completed_on
    from chosen
    inner join event_log as events using (case_key)
    left join step_stages on step_stages.activity = cast(events.activity as varchar)
    where events.completed_on <= cast($as_on as date)
),

borders as (
    select case_key, coalesce(max(event_number) filter (where not is_of_stage), 0) as last_other_number
    from steps
    group by case_key
)

select
    chosen.case_key,
    chosen.stage,
    min(steps.event_number) filter (where steps.event_number > borders.last_other_number) as first_event_number,
    coalesce(
        max(steps.completed_on) filter (where steps.event_number <= borders.last_other_number), chosen.arrived_on
    ) as began_on
from chosen
inner join borders using (case_key)
inner join steps using (case_key)
group by chosen.case_key, chosen.stage, chosen.arrived_on;

create or replace temp table stage_spans as
select spans.*
from stage_spans as spans
inner join supervision_open using (case_key)
left join supervision_visits as visits
    on visits.case_key = spans.case_key
    and visits.stage = spans.stage
    and visits.first_event_number <= spans.first_event_number
where spans.ended_on <= cast($as_on as date)
  and visits.case_key is null
union all
select
    case_key,
    first_event_number,
    stage,
    null as activity,
    began_on as ruled_on,
    began_on,
    cast($as_on as date) as ended_on,
    true as is_running
from supervision_visits;

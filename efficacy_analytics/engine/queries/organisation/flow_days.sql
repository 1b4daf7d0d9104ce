-- flow_days: what arrives at each stage, leaves it and is there at the end of each day, as temporary tables
-- from:   cohort_events, flow_stage (activity, stage)
-- out:    stage VARCHAR, day DATE, arrival_count BIGINT, departure_count BIGINT, queue_count BIGINT, stay_days BIGINT
-- A visit is a run of steps of one stage. It arrives on the day of the latest completion among the earlier steps of its
-- case (the first: of its own first completion) and departs on the day of its last completion. stay_days: of those that
-- depart that day, from arrival to departure.
create or replace temporary table flow_visit as
with staged as (
    select
        cohort_events.case_key,
        cohort_events.event_number,
        cohort_events.completed_on,
        coalesce(cast(cohort_events.stage as varchar), flow_stage.stage, cast(cohort_events.activity as varchar))
            as stage,
        max(completed_on) over (
            partition by case_key order by event_number rows between unbounded preceding and 1 preceding
        ) as enabled_on
    from cohort_events
    left join flow_stage on flow_stage.activity = cast(cohort_events.activity as varchar)
),

compared as (
    select *, stage is distinct from lag(stage) over (partition by case_key order by event_number) as is_change
    from staged
),

numbered as (
    select
        *,
        sum(cast(is_change as integer)) over (
            partition by case_key order by event_number rows between unbounded preceding and current row
        ) as visit
    from compared
)

select
    case_key,
    any_value(stage) as stage,
    least(coalesce(arg_min(enabled_on, event_number), min(completed_on)), min(completed_on)) as arrived_on,
    max(completed_on) as departed_on
from numbered
group by case_key, visit;

create or replace temporary table flow_day as
with span as (
    select min(arrived_on) as first_on, max(departed_on) as last_on from flow_visit
),

days as (
    select cast(unnest(generate_series(first_on, last_on, interval 1 day)) as date) as day from span
),

stages as (
    select distinct stage from flow_visit
),

arrivals as (
    select stage, arrived_on as day, count(*) as arrival_count from flow_visit group by stage, arrived_on
),

departures as (
    select stage, departed_on as day, count(*) as departure_count, sum(departed_on - arrived_on) as stay_days
    from flow_visit
    group by stage, departed_on
)

select
    stages.stage,
    days.day,
    coalesce(arrivals.arrival_count, 0) as arrival_count,
    coalesce(departures.departure_count, 0) as departure_count,
    cast(
        sum(coalesce(arrivals.arrival_count, 0) - coalesce(departures.departure_count, 0)) over (
            partition by stages.stage order by days.day rows between unbounded preceding and current row
        ) as bigint
    ) as queue_count,
    cast(coalesce(departures.stay_days, 0) as bigint) as stay_days
from stages
cross join days
left join arrivals using (stage, day)
left join departures using (stage, day)

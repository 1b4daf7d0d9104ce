-- contribution_parts: what each wait before a step and each step adds to the throughput of its case, on one clock
-- from:   event_facts, cohort_cases
-- param:  clock VARCHAR    elapsed (seconds), open (seconds) or counted (days)
--
-- `gap` is the signed length from the latest completion so far to the start: above 0 it is waiting, below 0 the step
-- overlaps and adds only what it lasts beyond. A case with a step outside its calendar is left out on that clock.
-- A stretch is a step that overlaps nothing before it, with those that then overlap. Where no start is recorded a step
-- has no service of its own to tell of.
create or replace temp table contribution_steps as
with measured as (
    select
        case_key,
        event_number,
        previous_activity,
        activity,
        department,
        is_start_recorded,
        cast(case cast($clock as varchar)
            when 'elapsed' then previous_to_start_elapsed - overlap_elapsed
            when 'open' then previous_to_start_open - overlap_open
            else previous_to_start_counted - overlap_counted
        end as decimal(18, 6)) as gap,
        cast(case cast($clock as varchar)
            when 'elapsed' then previous_to_start_elapsed
            when 'open' then previous_to_start_open
            else previous_to_start_counted
        end as decimal(18, 6)) as since_previous,
        cast(case cast($clock as varchar)
            when 'elapsed' then (epoch_us(completed_at) - epoch_us(started_at)) / cast(1000000 as decimal(18, 6))
            when 'open' then start_to_completion_open
            else start_to_completion_counted
        end as decimal(18, 6)) as service
    from event_facts
    where case_key in (select case_key from cohort_cases)
),

known as (
    select *
    from measured
    qualify not bool_or(service is null or (gap is null and event_number > 1)) over (partition by case_key)
)

select
    case_key,
    event_number,
    previous_activity,
    activity,
    department,
    is_start_recorded,
    service,
    coalesce(greatest(gap, 0), 0) as waiting,
    greatest(service + least(coalesce(gap, 0), 0), 0) as own_service,
    sum(cast(coalesce(gap >= 0, true) as integer)) over in_case as stretch,
    sum(coalesce(since_previous, 0) + service) over in_case - service as starts
from known
window in_case as (partition by case_key order by event_number);

create or replace temp table contribution_parts as
select
    steps.case_key,
    if(steps.is_start_recorded, 'waiting', 'between_completions') as kind,
    steps.previous_activity as activity,
    steps.activity as next_activity,
    coalesce(cast(cohort_cases.department as varchar), cast(steps.department as varchar)) as department,
    steps.waiting as amount
from contribution_steps as steps
inner join cohort_cases using (case_key)
where steps.previous_activity is not null
union all
select
    steps.case_key,
    'service',
    steps.activity,
    null,
    coalesce(cast(cohort_cases.department as varchar), cast(steps.department as varchar)),
    steps.own_service
from contribution_steps as steps
inner join cohort_cases using (case_key)
where steps.is_start_recorded;

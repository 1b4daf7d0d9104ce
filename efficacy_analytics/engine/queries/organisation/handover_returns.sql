-- handover_returns: work that goes from a unit to another and straight back (ping-pong)
-- from:   cohort_events, applicant_activities
-- param:  by VARCHAR    department or resource
-- out:    unit VARCHAR, via_unit VARCHAR, return_count BIGINT, case_count BIGINT, elapsed_seconds_total DOUBLE
-- Steps of one unit in a row count once. The time runs from the last completion before the work left to the first start
-- after it came back. A step of an unknown unit belongs to no return, nor, by officer, one of the applicant's own.
with placed as (
    select
        case_key,
        event_number,
        started_at,
        completed_at,
        if(
            cast($by as varchar) = 'department',
            cast(department as varchar),
            if(cast(activity as varchar) in (select activity from applicant_activities), null, cast(resource as varchar))
        ) as unit
    from cohort_events
),

compared as (
    select *, unit is distinct from lag(unit) over (partition by case_key order by event_number) as is_change
    from placed
),

numbered as (
    select
        *,
        sum(cast(is_change as integer)) over (
            partition by case_key order by event_number rows between unbounded preceding and current row
        ) as run
    from compared
),

runs as (
    select
        case_key,
        run,
        any_value(unit) as unit,
        min(started_at) as started_at,
        max(completed_at) as completed_at
    from numbered
    group by case_key, run
),

followed as (
    select
        case_key,
        unit,
        completed_at,
        lead(unit, 1) over in_case as via_unit,
        lead(unit, 2) over in_case as return_unit,
        lead(started_at, 2) over in_case as returned_at
    from runs
    window in_case as (partition by case_key order by run)
)

select
    unit,
    via_unit,
    count(*) as return_count,
    count(distinct case_key) as case_count,
    cast(
        sum(cast(greatest(0, date_diff('microsecond', completed_at, returned_at)) as hugeint)) as double
    ) / 1000000 as elapsed_seconds_total
from followed
where unit = return_unit and via_unit is not null
group by unit, via_unit
order by return_count desc, unit, via_unit

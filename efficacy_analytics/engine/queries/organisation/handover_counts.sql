-- handover_counts: how often work passes from one unit to another between two steps of a case
-- from:   cohort_events, applicant_activities
-- param:  by VARCHAR    department or resource
-- out:    unit VARCHAR, next_unit VARCHAR, transition_count BIGINT, case_count BIGINT, elapsed_seconds_total DOUBLE
-- out:    elapsed_seconds_median DOUBLE, open_seconds_total DOUBLE, open_seconds_median DOUBLE
-- A step of an unknown unit hands over nothing, nor does an officer's name on a step of the applicant's own. The time runs from one completion to the next start.
with steps as (
    select
        case_key,
        event_number,
        if(
            cast($by as varchar) = 'department',
            cast(department as varchar),
            if(cast(activity as varchar) in (select activity from applicant_activities), null, cast(resource as varchar))
        ) as unit,
        previous_elapsed_seconds,
        previous_open_seconds
    from cohort_events
),

placed as (
    select
        case_key,
        lag(unit) over (partition by case_key order by event_number) as unit,
        unit as next_unit,
        previous_elapsed_seconds,
        previous_open_seconds
    from steps
)

select
    unit,
    next_unit,
    count(*) as transition_count,
    count(distinct case_key) as case_count,
    cast(sum(cast(previous_elapsed_seconds as decimal(38, 6))) as double) as elapsed_seconds_total,
    cast(median(previous_elapsed_seconds) as double) as elapsed_seconds_median,
    cast(sum(cast(previous_open_seconds as decimal(38, 6))) as double) as open_seconds_total,
    cast(median(previous_open_seconds) as double) as open_seconds_median
from placed
where unit <> next_unit
group by unit, next_unit
order by transition_count desc, unit, next_unit

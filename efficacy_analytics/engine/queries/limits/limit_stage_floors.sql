-- limit_stage_floors: per department and item, the longest limit of a stage or activity within the item's own clock
-- from:   cohort_cases, cohort_events, activities, stage_limits
-- out:    department VARCHAR, item VARCHAR, unit VARCHAR, floor_days INTEGER
-- Within the clock: completed after acceptance and no later than the case. What follows the decision has its own time.
-- Limits in force on the last day of acceptance count.
with passed as (
    select distinct
        cast(cases.department as varchar) as department,
        cast(cases.item as varchar) as item,
        coalesce(cast(events.stage as varchar), named.stage) as stage,
        cast(events.activity as varchar) as activity
    from cohort_events as events
    inner join cohort_cases as cases using (case_key)
    left join activities as named on named.activity = cast(events.activity as varchar)
    where events.completed_at > cases.accepted_at
        and events.completed_at < cases.completed_at
),

last_day as (
    select max(accepted_on) as day
    from cohort_cases
)

select
    passed.department,
    passed.item,
    limits.unit,
    max(limits.length) as floor_days
from passed
cross join last_day
inner join stage_limits as limits
    on (limits.stage = passed.stage or limits.activity = passed.activity)
    and coalesce(limits.item = passed.item, limits.item is null)
    and coalesce(limits.department = passed.department, limits.department is null)
    and coalesce(limits.valid_from <= last_day.day, true)
    and coalesce(limits.valid_until > last_day.day, true)
group by passed.department, passed.item, limits.unit
order by passed.department nulls last, passed.item nulls last, limits.unit

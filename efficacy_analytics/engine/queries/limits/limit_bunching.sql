-- limit_bunching: per department and item under the limit in force last, the completed cases of each counted day and path
-- from:   cohort_cases, cohort_events
-- out:    department VARCHAR, item VARCHAR, limit_days INTEGER, limit_unit VARCHAR, counted_days INTEGER
-- out:    is_by_path BOOLEAN, case_count BIGINT
-- The path of an item is the activity that some of its cases have (5 to 95 %, at least 20 either way) and that tells most of their times.
-- Left out: green-lane and withdrawn cases, and limits in months, on the spot and under five days.
with completed as (
    select
        case_key,
        cast(department as varchar) as department,
        cast(item as varchar) as item,
        limit_days,
        cast(limit_unit as varchar) as limit_unit,
        cast(counted_days as integer) as counted_days,
        last(limit_days order by accepted_on nulls first, case_key) over whole as last_days,
        last(cast(limit_unit as varchar) order by accepted_on nulls first, case_key) over whole as last_unit
    from cohort_cases
    where not is_open
        and counted_days is not null
        and is_under_clock
    window whole as (partition by department, item)
),

judged as (
    select case_key, department, item, limit_days, limit_unit, counted_days
    from completed
    where limit_days = last_days
        and limit_unit = last_unit
        and limit_days >= 5
        and limit_unit in ('working_days', 'calendar_days')
),

having_step as (
    select distinct judged.case_key, judged.department, judged.item, judged.counted_days, cast(events.activity as varchar) as activity
    from judged
    inner join cohort_events as events using (case_key)
),

whole as (
    select department, item, count(*) as case_count, avg(counted_days) as days_mean
    from judged
    group by department, item
),

steps as (
    select having_step.department, having_step.item, having_step.activity, count(*) as step_count, avg(counted_days) as days_mean
    from having_step
    group by all
),

told as (
    select
        steps.department,
        steps.item,
        arg_max(
            steps.activity,
            {
                'between': (steps.days_mean - whole.days_mean) ** 2 * steps.step_count / (whole.case_count - steps.step_count),
                'activity': steps.activity
            }
        ) as activity
    from steps
    inner join whole
        on whole.department is not distinct from steps.department and whole.item is not distinct from steps.item
    where steps.step_count between 0.05 * whole.case_count and 0.95 * whole.case_count
        and steps.step_count >= 20
        and whole.case_count - steps.step_count >= 20
    group by steps.department, steps.item
),

on_path as (
    select having_step.case_key
    from having_step
    inner join told
        on told.department is not distinct from having_step.department
        and told.item is not distinct from having_step.item
        and told.activity = having_step.activity
)

select
    department,
    item,
    limit_days,
    limit_unit,
    counted_days,
    case_key in (select case_key from on_path) as is_by_path,
    count(*) as case_count
from judged
group by department, item, limit_days, limit_unit, counted_days, is_by_path
order by department nulls last, item nulls last, counted_days, is_by_path

-- honesty_remaining: per department, item and path, the completed cases by the days left of their limit and the day of completion
-- from:   honesty_cases, cohort_events
-- param:  most_days INTEGER  days further from the limit are left out
-- out:    department VARCHAR, item VARCHAR, is_by_path BOOLEAN, remaining_days BIGINT, completed_on DATE, case_count BIGINT
-- The path of an item is the activity that some of its cases have (5 to 95 %, at least 5 either way) and that tells most of the days left.
-- Left out: withdrawn and green-lane cases, limits under four days, in hours, months and on the spot.
with near as (
    select case_key, department, item, cast(remaining_days as bigint) as remaining_days, completed_on
    from honesty_cases
    where not is_open
        and is_under_clock
        and limit_unit in ('working_days', 'calendar_days')
        and span_days >= 4
        and remaining_days between -cast($most_days as integer) and cast($most_days as integer)
),

having_step as (
    select distinct near.case_key, near.department, near.item, near.remaining_days, cast(events.activity as varchar) as activity
    from near
    inner join cohort_events as events using (case_key)
),

whole as (
    select department, item, count(*) as case_count, cast(sum(remaining_days) as double) as days
    from near
    group by department, item
),

steps as (
    select department, item, activity, count(*) as step_count, cast(sum(remaining_days) as double) as days
    from having_step
    group by department, item, activity
),

told as (
    select
        steps.department,
        steps.item,
        arg_max(
            steps.activity,
            {
                'between': (steps.days * case_count - whole.days * step_count) ** 2 / (step_count * (case_count - step_count)),
                'activity': steps.activity
            }
        ) as activity
    from steps
    inner join whole
        on whole.department is not distinct from steps.department and whole.item is not distinct from steps.item
    where step_count between 0.05 * case_count and 0.95 * case_count
        and step_count >= 5
        and case_count - step_count >= 5
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
    case_key in (select case_key from on_path) as is_by_path,
    remaining_days,
    completed_on,
    count(*) as case_count
from near
group by department, item, is_by_path, remaining_days, completed_on
order by department nulls last, item nulls last, is_by_path, remaining_days, completed_on

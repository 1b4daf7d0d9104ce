-- chance_steps: each case of the cohort's departments between the days on which steps of it were completed: the last one
-- from:   chance_cases, event_log
--
-- From `from_on` (null: from the beginning) until before `until_on` (null: no later step) nothing further was completed.
create or replace temp table chance_steps as
with chosen as (
    select case_key
    from chance_cases
    where coalesce(department, '') in (select coalesce(department, '') from chance_cases where is_of_cohort)
),

last_steps as (
    select
        case_key,
        completed_on,
        arg_max(
            {
                'activity': activity,
                'stage': stage,
                'resource': resource
            },
            event_number
        ) as step,
        count(*) as step_count
    from event_log
    where case_key in (select case_key from chosen)
    group by case_key, completed_on
)

select
    case_key,
    completed_on as from_on,
    lead(completed_on) over so_far as until_on,
    step,
    cast(sum(step_count) over so_far as bigint) as step_count
from last_steps
window so_far as (partition by case_key order by completed_on)
union all
select
    case_key,
    null as from_on,
    min(last_steps.completed_on) as until_on,
    null as step,
    0 as step_count
from chosen
left join last_steps using (case_key)
group by case_key;

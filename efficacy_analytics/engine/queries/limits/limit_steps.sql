-- limit_steps: for items whose limit is too short for too many cases: which wait, cut by how many days, would be enough
-- from:   cohort_cases, cohort_events, asked_limits (department, item, target_days, allowed_count)
-- out:    department VARCHAR, item VARCHAR, target_days INTEGER, activity VARCHAR, next_activity VARCHAR
-- out:    over_case_count BIGINT, fixable_case_count BIGINT, needed_days INTEGER
--
-- A case needs as many days less as its `needed_days` lie above the target. Cutting a wait by r days fixes the cases that need at
-- most r and waited at least that long there; r is enough when no more than the allowed cases stay above. Waits made
-- possible before acceptance or ended after completion are no part of the counted days.
with clocked as (
    select
        cases.case_key,
        cases.department,
        cases.item,
        cases.accepted_on,
        cases.completed_on,
        asked.target_days,
        asked.allowed_count,
        cases.needed_days - asked.target_days as needs_days
    from cohort_cases as cases
    inner join asked_limits as asked
        on asked.department is not distinct from cases.department
        and asked.item is not distinct from cases.item
    where not cases.is_open
      and cases.needed_days > asked.target_days
      and cases.is_under_clock
),

over as (
    select department, item, count(*) as over_case_count
    from clocked
    group by department, item
),

steps as (
    select
        clocked.case_key,
        events.previous_activity,
        events.activity,
        events.waiting_counted_days,
        max(events.completed_on) over earlier >= clocked.accepted_on
        and events.completed_on <= clocked.completed_on as is_clocked
    from cohort_events as events
    inner join clocked using (case_key)
    window earlier as (
        partition by events.case_key order by events.event_number rows between unbounded preceding and 1 preceding
    )
),

waits as (
    select
        clocked.department,
        clocked.item,
        cast(steps.previous_activity as varchar) as activity,
        cast(steps.activity as varchar) as next_activity,
        clocked.needs_days
    from steps
    inner join clocked using (case_key)
    where steps.is_clocked
    group by clocked.department, clocked.item, steps.previous_activity, steps.activity, case_key, clocked.needs_days
    having sum(steps.waiting_counted_days) >= clocked.needs_days
),

placed as (
    select
        *,
        row_number() over (partition by department, item, activity, next_activity order by needs_days) as place,
        count(*) over (partition by department, item, activity, next_activity) as fixable_case_count
    from waits
)

select
    cast(placed.department as varchar) as department,
    cast(placed.item as varchar) as item,
    asked.target_days,
    placed.activity,
    placed.next_activity,
    over.over_case_count,
    placed.fixable_case_count,
    cast(max(placed.needs_days) as integer) as needed_days
from placed
inner join over
    on over.department is not distinct from placed.department and over.item is not distinct from placed.item
inner join asked_limits as asked
    on asked.department is not distinct from placed.department and asked.item is not distinct from placed.item
where placed.place = over.over_case_count - asked.allowed_count
group by all
order by department nulls last, item nulls last, needed_days, placed.activity, placed.next_activity

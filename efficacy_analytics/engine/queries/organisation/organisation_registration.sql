-- organisation_registration: cases registered at one department and decided by another, and what handing over costs
-- from:   cohort_cases, cohort_events, activity_role
-- out:    department VARCHAR, case_count BIGINT, judged_count BIGINT, registered_only_count BIGINT
-- out:    registered_only_share DOUBLE, handover_count BIGINT, handover_elapsed_seconds DOUBLE
-- out:    handover_open_seconds DOUBLE, handover_counted_days BIGINT
-- Judged are cases whose first registration and last decision are of known departments, the decision not earlier. A
-- handover is a step of another department than the step just before, after the registration, up to the decision.
with placed as (
    select
        *,
        lag(department) over (partition by case_key order by event_number) as previous_department,
        cast(activity as varchar) in (select activity from activity_role where role = 'registration')
            and department is not null as is_registration,
        cast(activity as varchar) in (select activity from activity_role where role = 'decision')
            and department is not null as is_decision
    from cohort_events
),

ends as (
    select
        case_key,
        min(event_number) filter (where is_registration) as registered_number,
        arg_min(department, event_number) filter (where is_registration) as registered_department,
        max(event_number) filter (where is_decision) as decided_number,
        arg_max(department, event_number) filter (where is_decision) as decided_department
    from placed
    group by case_key
),

handed as (
    select
        placed.case_key,
        count(*) as handover_count,
        sum(cast(previous_elapsed_seconds as decimal(38, 6))) as elapsed_seconds,
        sum(cast(previous_open_seconds as decimal(38, 6))) as open_seconds,
        sum(waiting_counted_days) as counted_days
    from placed
    inner join ends using (case_key)
    where event_number > registered_number
      and event_number <= decided_number
      and department <> previous_department
    group by placed.case_key
)

select
    cast(cohort_cases.department as varchar) as department,
    count(*) as case_count,
    count(*) filter (where decided_number >= registered_number) as judged_count,
    count(*) filter (
        where decided_number >= registered_number and decided_department <> registered_department
    ) as registered_only_count,
    count(*) filter (
        where decided_number >= registered_number and decided_department <> registered_department
    ) / nullif(count(*) filter (where decided_number >= registered_number), 0) as registered_only_share,
    cast(coalesce(sum(handed.handover_count), 0) as bigint) as handover_count,
    cast(coalesce(sum(handed.elapsed_seconds), 0) as double) as handover_elapsed_seconds,
    cast(coalesce(sum(handed.open_seconds), 0) as double) as handover_open_seconds,
    cast(coalesce(sum(handed.counted_days), 0) as bigint) as handover_counted_days
from cohort_cases
left join ends using (case_key)
left join handed using (case_key)
group by cohort_cases.department
order by cast(cohort_cases.department as varchar) nulls last

-- disguise_steps: completed cases of each item in which each step occurs, what the applicant does left out
-- from:   cohort_cases, cohort_events, applicant_activities, items
-- out:    department VARCHAR, item VARCHAR, kind VARCHAR, name_zh VARCHAR, name_en VARCHAR, activity VARCHAR
-- out:    step_case_count BIGINT, case_count BIGINT
with judged as (
    select
        case_key,
        coalesce(cast(department as varchar), '') as department,
        cast(item as varchar) as item,
        coalesce(cast(kind as varchar), '') as kind
    from cohort_cases
    where completed_on is not null and not is_withdrawn and item is not null
),

counted as (
    select department, item, kind, count(*) as case_count from judged group by department, item, kind
),

occurring as (
    select
        judged.department,
        judged.item,
        judged.kind,
        cast(cohort_events.activity as varchar) as activity,
        count(distinct judged.case_key) as step_case_count
    from judged
    inner join cohort_events using (case_key)
    where cast(cohort_events.activity as varchar) not in (select activity from applicant_activities)
    group by judged.department, judged.item, judged.kind, cast(cohort_events.activity as varchar)
)

select
    occurring.department,
    occurring.item,
    occurring.kind,
    coalesce(items.name_zh, '') as name_zh,
    coalesce(items.name_en, '') as name_en,
    occurring.activity,
    occurring.step_case_count,
    counted.case_count
from occurring
inner join counted using (department, item, kind)
left join items using (item)
order by occurring.department, occurring.item, occurring.kind, occurring.activity

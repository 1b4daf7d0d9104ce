-- parallel_longest: the case that takes the most steps once each, and how many
-- from:   cohort_events, cohort_cases
-- out:    case_id VARCHAR, step_count BIGINT
with once as (
    select case_key, activity
    from cohort_events
    where case_key in (select case_key from cohort_cases)
    group by case_key, activity
    having count(*) = 1
),

lengths as (
    select case_key, count(*) as step_count
    from once
    group by case_key
)

select arg_max(case_id, step_count) as case_id, coalesce(max(step_count), 0) as step_count
from lengths
inner join cohort_cases using (case_key)
order by case_id

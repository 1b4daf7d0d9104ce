-- open_case_counts: how many cases of the cohort are open, and how many of them have arrived on a known day
-- from:   cohort_cases, cohort_events, snapshot
-- out:    open_count BIGINT, dated_open_count BIGINT
with steps as (
    select case_key, min(completed_on) as first_on
    from cohort_events
    group by case_key
)

select
    count(*) filter (where cases.is_open) as open_count,
    count(*) filter (
        where cases.is_open
        and coalesce(cases.accepted_on, cases.applied_on, steps.first_on) <= (select as_on from snapshot)
    ) as dated_open_count
from cohort_cases as cases
left join steps using (case_key)
order by open_count

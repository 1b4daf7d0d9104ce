-- disguise_cases: how many completed cases of each item have steps that speak more for an approval
-- from:   cohort_cases, cohort_events, disguise_weights, disguise_bases
-- out:    department VARCHAR, item VARCHAR, kind VARCHAR, case_count BIGINT, approval_like_count BIGINT
with steps as (
    select distinct case_key, cast(activity as varchar) as activity from cohort_events
),

scored as (
    select
        disguise_bases.department,
        disguise_bases.item,
        disguise_bases.kind,
        cases.case_key,
        any_value(disguise_bases.base) + coalesce(sum(disguise_weights.weight), 0) as score
    from cohort_cases as cases
    inner join disguise_bases
        on disguise_bases.item = cast(cases.item as varchar)
        and disguise_bases.department = coalesce(cast(cases.department as varchar), '')
        and disguise_bases.kind = coalesce(cast(cases.kind as varchar), '')
    left join steps using (case_key)
    left join disguise_weights
        on disguise_weights.department = disguise_bases.department and disguise_weights.activity = steps.activity
    where cases.completed_on is not null and not cases.is_withdrawn
    group by disguise_bases.department, disguise_bases.item, disguise_bases.kind, cases.case_key
)

select
    department,
    item,
    kind,
    count(*) as case_count,
    count(*) filter (where score > 0) as approval_like_count
from scored
group by department, item, kind
order by department, item, kind

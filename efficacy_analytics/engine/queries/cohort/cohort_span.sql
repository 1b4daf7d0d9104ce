-- cohort_span: what cases a snapshot has at all, for the hint of an empty cohort
-- from:   cases
-- out:    case_count BIGINT, first_on DATE, last_on DATE, departments VARCHAR
with known as (
    select department, count(*) as case_count, min(accepted_on) as first_on, max(accepted_on) as last_on
    from cases
    group by department
)

select
    cast(sum(case_count) as bigint) as case_count,
    min(first_on) as first_on,
    max(last_on) as last_on,
    array_to_string(list_slice(list(department order by case_count desc, department), 1, 12), ', ') as departments
from known
order by case_count

-- chance_span: when the first case of the cohort was accepted, and on how many days since then cases were open in all
-- from:   chance_cases
-- param:  until_on DATE  the last day
-- out:    first_on DATE, open_days BIGINT, cohort_open_days BIGINT
--
-- Open days are those of all cases of the cohort's departments: the rows to go through for its loads and queues.
with begun as (
    select coalesce(min(accepted_on), cast($until_on as date)) as first_on
    from chance_cases
    where is_of_cohort
),

spans as (
    select
        is_of_cohort,
        greatest(
            0,
            coalesce(ended_on, cast($until_on as date)) - greatest(accepted_on, (select first_on from begun))
        ) as open_days
    from chance_cases
    where coalesce(department, '') in (select coalesce(department, '') from chance_cases where is_of_cohort)
)

select
    (select first_on from begun) as first_on,
    cast(coalesce(sum(open_days), 0) as bigint) as open_days,
    cast(coalesce(sum(open_days) filter (where is_of_cohort), 0) as bigint) as cohort_open_days
from spans

-- limit_times_known: the time of each case as limits are held against it, as it was known when a day began
-- from:   cohort_cases, case_verdicts
-- param:  known_on DATE  the day; cases accepted earlier are told, as `case_verdicts` of the day before has them
-- out:    case_key BIGINT, department VARCHAR, item VARCHAR, accepted_on DATE, is_open BOOLEAN, needed_days INTEGER
-- needed_days: the shortest limit that the case would have kept.
-- Left out: green-lane and withdrawn cases, and completed ones whose time could not be counted.
select
    cases.case_key,
    cast(cases.department as varchar) as department,
    cast(cases.item as varchar) as item,
    cases.accepted_on,
    verdicts.is_open,
    cast(verdicts.needed_days as integer) as needed_days
from cohort_cases as cases
inner join case_verdicts as verdicts using (case_key)
where cases.accepted_on < cast($known_on as date)
    and cases.is_under_clock
    and (verdicts.is_open or verdicts.counted_days is not null)
order by department nulls last, item nulls last, accepted_on, case_key

-- finding_case_count: how many cases the cohort has
-- from:   cohort_cases
-- out:    case_count BIGINT
select count(*) as case_count
from cohort_cases

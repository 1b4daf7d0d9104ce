-- conformance_cases: the cases with what their procedure is chosen by, and whether they are over
-- from:   cohort_cases
-- out:    case_key BIGINT, case_id VARCHAR, department VARCHAR, item VARCHAR, kind VARCHAR, variant_key BIGINT
-- out:    is_open BOOLEAN, is_withdrawn BOOLEAN, is_judged BOOLEAN
-- A case is open, withdrawn or judged: the three add up to all. A case without events has no variant and is not judged.
select
    case_key,
    case_id,
    cast(department as varchar) as department,
    cast(item as varchar) as item,
    cast(kind as varchar) as kind,
    variant_key,
    coalesce(is_open, false) and not is_withdrawn as is_open,
    is_withdrawn,
    not coalesce(is_open, false) and not is_withdrawn and variant_key is not null as is_judged
from cohort_cases
order by case_key

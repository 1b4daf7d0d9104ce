-- honesty_case_counts: per department, its cases that are out of order, without an end, accepted late, not borne out by steps
-- from:   honesty_case_marks
-- out:    department VARCHAR, case_count BIGINT, open_count BIGINT, day_count BIGINT, disorder_count BIGINT
-- out:    old_count BIGINT, endless_count BIGINT, acceptance_count BIGINT, accepted_late_count BIGINT
-- out:    own_days_count BIGINT, unbalanced_count BIGINT, withdrawn_count BIGINT, withdrawn_after_due_count BIGINT
-- out:    case_days BIGINT, case_days_after_due BIGINT
select
    department,
    count(*) as case_count,
    count(*) filter (where is_open) as open_count,
    count(*) filter (where has_days) as day_count,
    count(*) filter (where is_out_of_order) as disorder_count,
    count(*) filter (where is_old) as old_count,
    count(*) filter (where is_without_end) as endless_count,
    count(*) filter (where has_acceptance) as acceptance_count,
    count(*) filter (where is_accepted_late) as accepted_late_count,
    count(*) filter (where has_own_days) as own_days_count,
    count(*) filter (where is_unbalanced) as unbalanced_count,
    count(*) filter (where is_withdrawn_under_limit) as withdrawn_count,
    count(*) filter (where is_withdrawn_under_limit and is_withdrawn_after_due) as withdrawn_after_due_count,
    cast(coalesce(sum(case_days), 0) as bigint) as case_days,
    cast(coalesce(sum(case_days_after_due), 0) as bigint) as case_days_after_due
from honesty_case_marks
group by department
order by department nulls last

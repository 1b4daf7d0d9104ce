-- honesty_reason_counts: per department and kind of clock stop, how many have its most frequent reason; not which
-- from:   honesty_reasons
-- out:    department VARCHAR, kind VARCHAR, stop_count BIGINT, modal_count BIGINT
select department, kind, stop_count, modal_count
from honesty_reasons
order by department nulls last, kind

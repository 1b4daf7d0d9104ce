-- honesty_stop_counts: per department and kind, its clock stops opened in danger and dated back
-- from:   honesty_stops
-- out:    department VARCHAR, kind VARCHAR, limited_count BIGINT, warned_count BIGINT, recorded_count BIGINT
-- out:    dated_back_count BIGINT
select
    department,
    kind,
    count(*) filter (where effect = 'stops' and span_days > 0 and opened_days >= 0) as limited_count,
    count(*) filter (where is_after_warning and span_days > 0 and opened_days >= 0) as warned_count,
    count(*) filter (where recorded_on is not null) as recorded_count,
    count(*) filter (where recorded_on is not null and is_dated_back) as dated_back_count
from honesty_stops
group by department, kind
order by department nulls last, kind

-- comparison_groups: like cases of each department, how many had come due and how many of those were late
-- from:   comparison_case
-- out:    department VARCHAR, item VARCHAR, kind VARCHAR, channel VARCHAR, season VARCHAR, limit_class VARCHAR
-- out:    has_stop VARCHAR, month VARCHAR, due_count BIGINT, late_count BIGINT, not_yet_due_count BIGINT
-- out:    without_limit_count BIGINT, apart_count BIGINT, kept_by_record_count BIGINT
select
    department,
    item,
    kind,
    channel,
    season,
    limit_class,
    has_stop,
    month,
    count(*) filter (where not is_apart and is_due) as due_count,
    count(*) filter (where not is_apart and is_due and is_late) as late_count,
    count(*) filter (where not is_apart and not is_due) as not_yet_due_count,
    count(*) filter (where not is_apart and lacks_limit) as without_limit_count,
    count(*) filter (where is_apart) as apart_count,
    count(*) filter (where not is_apart and is_due and is_kept_by_record) as kept_by_record_count
from comparison_case
group by all
order by all nulls last

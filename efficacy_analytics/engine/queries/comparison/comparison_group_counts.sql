-- comparison_group_counts: like cases of each department, how many had come due and how many of those were late, in no order
-- from:   comparison_group
-- out:    department VARCHAR, item VARCHAR, kind VARCHAR, channel VARCHAR, season VARCHAR, limit_class VARCHAR
-- out:    has_stop VARCHAR, month VARCHAR, due_count BIGINT, late_count BIGINT, not_yet_due_count BIGINT
-- out:    without_limit_count BIGINT, apart_count BIGINT
select
    department,
    item,
    kind,
    channel,
    season,
    limit_class,
    has_stop,
    month,
    due_count,
    late_count,
    not_yet_due_count,
    without_limit_count,
    apart_count
from comparison_group

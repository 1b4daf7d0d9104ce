-- finding_bottlenecks: the segments ranked by their share of all waiting, in their department where asked
-- from:   finding_segment
-- out:    segment BIGINT, department_number BIGINT, rank BIGINT, department VARCHAR, activity VARCHAR
-- out:    next_activity VARCHAR, time_kind VARCHAR, case_count BIGINT, transition_count BIGINT, seconds_total DOUBLE
-- out:    seconds_mean DOUBLE, seconds_median DOUBLE, seconds_p90 DOUBLE, share_of_total DOUBLE
select
    segment,
    department_number,
    rank,
    department,
    activity,
    next_activity,
    time_kind,
    case_count,
    transition_count,
    seconds_total,
    seconds_mean,
    seconds_median,
    seconds_p90,
    share_of_total
from finding_segment
order by segment

-- density_cells: how many steps fall into each stretch of time and part of the cases, and which is the most frequent
-- from:   density_step
-- out:    time_bin BIGINT, case_bin BIGINT, at_hours BIGINT, width_hours BIGINT, step VARCHAR, step_share DOUBLE
-- out:    event_count BIGINT
-- at_hours: where the stretch begins, in hours since 1970 (UTC) or since the case began. Of equally frequent steps the
-- first by name.
with counted as (
    select time_bin, case_bin, at_hours, width_hours, step, count(*) as step_count
    from density_step
    group by all
)

select
    time_bin,
    case_bin,
    at_hours,
    width_hours,
    first(step order by step_count desc, step) as step,
    max(step_count) / sum(step_count) as step_share,
    cast(sum(step_count) as bigint) as event_count
from counted
group by time_bin, case_bin, at_hours, width_hours
order by case_bin, time_bin

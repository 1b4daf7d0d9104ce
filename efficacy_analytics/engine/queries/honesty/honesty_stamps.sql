-- honesty_stamps: per department, how many steps were completed at midnight, on the half hour, outside office hours, at once
-- from:   honesty_steps
-- out:    department VARCHAR, step_count BIGINT, midnight_count BIGINT, timed_count BIGINT, whole_minute_count BIGINT
-- out:    round_count BIGINT, outside_count BIGINT, start_count BIGINT, zero_count BIGINT
-- A stamp at midnight tells no time of day: it counts for the first share only.
select
    department,
    count(*) as step_count,
    count(*) filter (where is_midnight) as midnight_count,
    count(*) filter (where not is_midnight) as timed_count,
    count(*) filter (where day_us % 60000000 = 0) as whole_minute_count,
    count(*) filter (where is_round) as round_count,
    count(*) filter (where is_outside) as outside_count,
    count(*) filter (where is_start_recorded) as start_count,
    count(*) filter (where is_zero_length) as zero_count
from honesty_steps
group by department
order by department nulls last

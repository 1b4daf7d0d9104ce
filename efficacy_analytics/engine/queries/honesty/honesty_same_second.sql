-- honesty_same_second: per department, steps of one activity that were completed in the same second as others
-- from:   honesty_steps
-- param:  together INTEGER  from so many on it is more than chance
-- out:    department VARCHAR, together_count BIGINT
-- Stamps at midnight are left out.
with moments as (
    select
        department,
        activity,
        epoch_us(completed_at) // 1000000 as second,
        count(*) as step_count
    from honesty_steps
    where not is_midnight
    group by department, activity, second
    having count(*) >= cast($together as integer)
)

select
    department,
    cast(sum(step_count) as bigint) as together_count
from moments
group by department
order by department nulls last

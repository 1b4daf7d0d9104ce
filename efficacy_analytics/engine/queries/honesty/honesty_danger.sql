-- honesty_danger: per department, the days its cases spend, and those after most of the limit is used up
-- from:   honesty_cases
-- param:  warning_share DOUBLE  the share of the limit after which a case is in danger
-- out:    department VARCHAR, case_days BIGINT, warned_days BIGINT
-- Days are those of each case without stops, its first and its last included, in the unit of its limit.
with exposed as (
    select
        department,
        until_reading - accepted_reading + 1 as day_count,
        greatest(
            0, until_reading - accepted_reading - cast(ceil(cast($warning_share as double) * span_days) as integer) + 1
        ) as warned_days
    from honesty_cases
    where span_days > 0
      and until_reading >= accepted_reading
      and is_under_clock
)

select
    department,
    cast(sum(day_count) as bigint) as case_days,
    cast(sum(warned_days) as bigint) as warned_days
from exposed
group by department
order by department nulls last

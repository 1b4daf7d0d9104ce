-- contribution_day: how many open seconds a working day has on average
-- from:   calendar
-- out:    open_seconds DOUBLE
select
    sum(
        closes_1_seconds - opens_1_seconds + closes_2_seconds - opens_2_seconds + closes_3_seconds - opens_3_seconds
    ) filter (where is_working_day) / nullif(count(*) filter (where is_working_day), 0) as open_seconds
from calendar

-- chance_span: how many days cases were open in all, and when the first was accepted
-- from:   chance_cases
-- param:  until_on DATE  the last day
-- out:    first_on DATE, open_days BIGINT, case_count BIGINT
select
    min(accepted_on) as first_on,
    cast(coalesce(sum(greatest(0, coalesce(ended_on, cast($until_on as date)) - accepted_on)), 0) as bigint) as open_days,
    count(*) as case_count
from chance_cases

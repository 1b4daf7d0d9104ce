-- honesty_days_without_suspicious_stops: the days, as limits are held against them, of the cases whose suspicious clock stops are put back
-- from:   case_verdicts (without the suspicious stops), honesty_suspicious
-- out:    case_key BIGINT, needed_days_without_suspicious_stops INTEGER
select
    case_key,
    cast(needed_days as integer) as needed_days_without_suspicious_stops
from case_verdicts
where case_key in (select case_key from honesty_suspicious)
order by case_key

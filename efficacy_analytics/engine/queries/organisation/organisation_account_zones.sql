-- organisation_account_zones: from which case on each delivery's zone holds
-- from:   deliveries
-- out:    first_case_key BIGINT, time_zone VARCHAR
select cast(first_case_key as bigint) as first_case_key, coalesce(time_zone, 'UTC') as time_zone
from deliveries
order by first_case_key

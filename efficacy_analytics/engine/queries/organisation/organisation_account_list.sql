-- organisation_account_list: accounts that no single officer can be
-- from:   machine_accounts
-- out:    resource VARCHAR, step_count BIGINT, day_count BIGINT, steps_a_day DOUBLE, night_share DOUBLE
-- out:    unrested_days DOUBLE, overlap_share DOUBLE, reason VARCHAR
select resource, step_count, day_count, steps_a_day, night_share, unrested_days, overlap_share, reason
from machine_accounts
order by step_count desc, resource

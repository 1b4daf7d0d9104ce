-- snapshot_facts: what this snapshot is: one row
-- from:   snapshot
-- out:    snapshot VARCHAR, content_sha256 VARCHAR, as_on DATE, code_version VARCHAR, calendars VARCHAR
-- out:    notices VARCHAR
select snapshot, content_sha256, as_on, code_version, calendars, notices
from (select cast(null as varchar) as notices where false union all by name select * from snapshot)
order by snapshot

-- snapshot_facts: what this snapshot is: one row
-- from:   snapshot
-- out:    snapshot VARCHAR, content_sha256 VARCHAR, as_on DATE, code_version VARCHAR, calendars VARCHAR
-- out:    notices VARCHAR, disclosure_key VARCHAR
select snapshot, content_sha256, as_on, code_version, calendars, notices, disclosure_key
from (select cast(null as varchar) as notices, cast(null as varchar) as disclosure_key where false union all by name select * from snapshot)
order by snapshot

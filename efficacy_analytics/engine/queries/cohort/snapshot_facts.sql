-- snapshot_facts: what this snapshot is: one row
-- from:   snapshot
-- out:    snapshot VARCHAR, content_sha256 VARCHAR, as_on DATE, code_version VARCHAR, calendars VARCHAR
select snapshot, content_sha256, as_on, code_version, calendars
from snapshot
order by snapshot

-- snapshot_schema: which version of the tables this snapshot has: one row
-- from:   snapshot
-- out:    schema_version INTEGER
select schema_version
from snapshot
order by schema_version

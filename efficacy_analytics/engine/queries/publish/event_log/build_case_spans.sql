-- build_case_spans: first and last moment of each case in its events, as intake noted them
-- from:   accepted_cases
create or replace temp view case_spans as
select case_key, first_at, last_at, first_local, last_local, event_count, has_split_seconds
from accepted_cases
where event_count > 0;

-- build_recordings: when each step was keyed in, for the steps whose export says so; for all others it holds nothing
-- from:   accepted_events
insert into event_recordings
select
    case_key,
    event_number,
    recorded_at
from accepted_events
where recorded_at is not null;

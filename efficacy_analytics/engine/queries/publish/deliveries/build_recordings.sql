-- build_recordings: when each step was keyed in, for the steps whose export says so; for all others it holds nothing
-- from:   accepted_events
create table event_recordings (
    case_key integer using compression uncompressed,
    event_number integer using compression uncompressed,
    recorded_at timestamptz using compression uncompressed
);

insert into event_recordings
select
    case_key,
    event_number,
    recorded_at
from accepted_events
where recorded_at is not null;

-- build_case_spans: first and last moment of each case in its events
-- from:   accepted_events
create table case_spans as
select
    case_key,
    min(coalesce(started_at, completed_at)) as first_at,
    max(completed_at) as last_at,
    min(coalesce(started_local, completed_local)) as first_local,
    max(completed_local) as last_local,
    count(*) as event_count
from accepted_events
group by case_key;

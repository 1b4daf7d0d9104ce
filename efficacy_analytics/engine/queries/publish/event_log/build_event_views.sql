-- build_event_views: the event log as it is asked
-- from:   event_overlaps
create view event_facts as
select
    case_key,
    event_number,
    activity,
    stage,
    resource,
    department,
    started_at,
    completed_at,
    completed_on,
    is_start_recorded,
    previous_activity,
    next_activity,
    told_seconds(previous_to_start_elapsed) as previous_to_start_elapsed,
    told_seconds(previous_to_start_open) as previous_to_start_open,
    previous_to_start_counted,
    told_seconds(start_to_completion_open) as start_to_completion_open,
    start_to_completion_counted,
    told_seconds(overlap_elapsed) as overlap_elapsed,
    told_seconds(overlap_open) as overlap_open,
    overlap_counted
from event_overlaps;

create view event_log as
select
    case_key,
    event_number,
    activity,
    stage,
    resource,
    department,
    later(started_at, overlap_elapsed - previous_to_start_elapsed) as enabled_at,
    started_at,
    completed_at,
    completed_on,
    is_start_recorded,
    false as is_start_estimated,
    previous_activity,
    next_activity,
    greatest(previous_to_start_elapsed * 0, previous_to_start_elapsed - overlap_elapsed) as waiting_elapsed_seconds,
    greatest(previous_to_start_open * 0, previous_to_start_open - overlap_open) as waiting_open_seconds,
    greatest(previous_to_start_counted * 0, previous_to_start_counted - overlap_counted) as waiting_counted_days,
    seconds_between(started_at, completed_at) as service_elapsed_seconds,
    start_to_completion_open as service_open_seconds,
    start_to_completion_counted as service_counted_days,
    greatest(previous_to_start_elapsed * 0, previous_to_start_elapsed) as previous_elapsed_seconds,
    greatest(previous_to_start_open * 0, previous_to_start_open) as previous_open_seconds,
    greatest(previous_to_start_counted * 0, previous_to_start_counted) as previous_counted_days
from event_facts;

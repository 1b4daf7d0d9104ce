-- build_event_table: the table of the event log, still empty
-- from:   the enumerations of names, kept_seconds
create table event_steps (
    case_key integer,
    event_number integer,
    activity activity_name using compression uncompressed,
    stage stage_name using compression uncompressed,
    resource resource_name using compression uncompressed,
    department department_name using compression uncompressed,
    started_at timestamptz using compression uncompressed,
    completed_at timestamptz using compression uncompressed,
    completed_on date,
    is_start_recorded boolean using compression uncompressed,
    previous_activity activity_name using compression uncompressed,
    next_activity activity_name using compression uncompressed,
    previous_to_start_elapsed kept_seconds,
    previous_to_start_open kept_seconds,
    previous_to_start_counted integer,
    start_to_completion_open kept_seconds,
    start_to_completion_counted integer
);

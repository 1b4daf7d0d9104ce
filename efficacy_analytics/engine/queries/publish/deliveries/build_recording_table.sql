-- build_recording_table: the table of when steps were keyed in, still empty
-- from:   nothing
create table event_recordings (
    case_key integer using compression uncompressed,
    event_number integer using compression uncompressed,
    recorded_at timestamptz using compression uncompressed
);

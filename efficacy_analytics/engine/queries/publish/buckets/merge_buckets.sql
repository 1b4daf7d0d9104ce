-- merge_buckets: the tables of all buckets one after the other, in the order of their cases
-- from:   event_steps, event_recordings, merged_events, merged_recordings, merged_sequences, merged_overlaps
--
-- No name is lost by `try_cast`: the enumerations hold every name there is.
insert into event_steps
select * replace (
    try_cast(activity as activity_name) as activity,
    try_cast(stage as stage_name) as stage,
    try_cast(resource as resource_name) as resource,
    try_cast(department as department_name) as department,
    try_cast(previous_activity as activity_name) as previous_activity,
    try_cast(next_activity as activity_name) as next_activity
)
from merged_events;

insert into event_recordings from merged_recordings;

create table case_sequences as from merged_sequences;

create or replace temp table overlap_lengths as from merged_overlaps;

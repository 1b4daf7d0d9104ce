-- build_overlaps: the overlaps beside the lengths of each event, in a log in which events of a case overlap
-- from:   event_steps, overlap_lengths
alter table event_steps add column overlap_elapsed kept_seconds default 0;

alter table event_steps add column overlap_open kept_seconds default 0;

alter table event_steps add column overlap_counted integer default 0;

update event_steps
set
    overlap_elapsed = overlap_lengths.overlap_elapsed,
    overlap_open = overlap_lengths.overlap_open,
    overlap_counted = overlap_lengths.overlap_counted
from overlap_lengths
where
    overlap_lengths.case_key = event_steps.case_key
    and overlap_lengths.event_number = event_steps.event_number
    and overlap_lengths.overlap_elapsed > 0;

create view event_overlaps as from event_steps;

-- build_no_overlaps: the lengths of each event, in a log in which no events of a case overlap
-- from:   event_steps
create view event_overlaps as
select *, 0 as overlap_elapsed, 0 as overlap_open, 0 as overlap_counted
from event_steps;

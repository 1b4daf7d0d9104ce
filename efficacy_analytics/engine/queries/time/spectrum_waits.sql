-- spectrum_waits: each time a case passes one of the chosen segments, as a temporary table
-- from:   cohort_events, spectrum_segment (position, activity, next_activity)
-- out:    position INTEGER, from_us BIGINT, until_us BIGINT
-- A passage runs from the completion of the one step to the start of the next (its completion where no start is
-- recorded); steps that overlap pass in no time.
create or replace temporary table spectrum_wait as
select
    segment.position,
    epoch_us(events.started_at)
    - cast(cast(events.previous_elapsed_seconds as decimal(38, 6)) * 1000000 as bigint) as from_us,
    epoch_us(events.started_at) as until_us
from cohort_events as events
inner join spectrum_segment as segment
    on segment.activity = cast(events.previous_activity as varchar)
    and segment.next_activity = cast(events.activity as varchar);

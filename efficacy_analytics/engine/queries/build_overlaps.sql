-- build_overlaps: by how much an earlier event of the case ended after the event just before, where events overlap
-- from:   event_facts
--
-- The readings of a case are laid out anew from its lengths: each completion lies at the sum of all lengths before.
create temp table overlap_lengths as
with overlapping as (
    select distinct case_key from event_facts where previous_to_start_elapsed < 0
),

laid_out as (
    select
        case_key,
        event_number,
        sum(coalesce(previous_to_start_elapsed, 0) + seconds_between(started_at, completed_at)) over in_case as ends_elapsed,
        sum(coalesce(previous_to_start_open, 0) + start_to_completion_open) over in_case as ends_open,
        sum(coalesce(previous_to_start_counted, 0) + start_to_completion_counted) over in_case as ends_counted
    from event_facts
    inner join overlapping using (case_key)
    window in_case as (partition by case_key order by event_number)
)

select
    case_key,
    event_number,
    max(ends_elapsed) over earlier - lag(ends_elapsed) over in_case as overlap_elapsed,
    max(ends_open) over earlier - lag(ends_open) over in_case as overlap_open,
    max(ends_counted) over earlier - lag(ends_counted) over in_case as overlap_counted
from laid_out
window
    in_case as (partition by case_key order by event_number),
    earlier as (partition by case_key order by event_number rows between unbounded preceding and 1 preceding);

update event_facts
set
    overlap_elapsed = overlap_lengths.overlap_elapsed,
    overlap_open = overlap_lengths.overlap_open,
    overlap_counted = overlap_lengths.overlap_counted
from overlap_lengths
where
    overlap_lengths.case_key = event_facts.case_key
    and overlap_lengths.event_number = event_facts.event_number
    and overlap_lengths.overlap_elapsed > 0;

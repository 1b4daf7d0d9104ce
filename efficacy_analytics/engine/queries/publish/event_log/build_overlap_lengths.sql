-- build_overlap_lengths: by how much an earlier event of the case ended after the event just before, where events overlap
-- from:   event_steps
--
-- The readings of a case are laid out anew from its lengths: each completion lies at the sum of all lengths before.
create temp table overlap_lengths as
with overlapping as (
    select distinct case_key from event_steps where previous_to_start_elapsed < 0
),

laid_out as (
    select
        case_key,
        event_number,
        sum(coalesce(previous_to_start_elapsed, 0) + seconds_between(started_at, completed_at)) over in_case as ends_elapsed,
        sum(coalesce(previous_to_start_open, 0) + start_to_completion_open) over in_case as ends_open,
        sum(coalesce(previous_to_start_counted, 0) + start_to_completion_counted) over in_case as ends_counted
    from event_steps
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

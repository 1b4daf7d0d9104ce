-- build_resolution: how the seconds between stamps are kept: `fractional`, `whole`, or `short` (whole, within 60 years)
-- from:   accepted_events, case_spans
-- out:    seconds VARCHAR
select
    case
        when not coalesce(
            bool_and(epoch_us(completed_at) % 1000000 = 0 and coalesce(epoch_us(started_at) % 1000000 = 0, true)), true
        ) then 'fractional'
        when (select max(last_at) > min(first_at) + to_years(60) from case_spans) then 'whole'
        else 'short'
    end as seconds
from accepted_events

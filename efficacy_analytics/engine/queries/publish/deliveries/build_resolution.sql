-- build_resolution: how the seconds between stamps are kept: `fractional`, `whole`, or `short` (whole, within 60 years)
-- from:   case_spans
-- out:    seconds VARCHAR
select
    case
        when coalesce(bool_or(has_split_seconds), false) then 'fractional'
        when max(last_at) > min(first_at) + to_years(60) then 'whole'
        else 'short'
    end as seconds
from case_spans

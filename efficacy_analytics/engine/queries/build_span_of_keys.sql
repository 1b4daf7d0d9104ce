-- build_span_of_keys: how many events there are, and up to which case key
-- from:   case_spans
-- out:    event_count BIGINT, last_case_key BIGINT
select cast(coalesce(sum(event_count), 0) as bigint) as event_count, coalesce(max(case_key), -1) as last_case_key
from case_spans
order by event_count

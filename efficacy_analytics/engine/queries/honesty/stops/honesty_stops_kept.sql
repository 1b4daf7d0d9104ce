-- honesty_stops_kept: the clock stops that a verdict counts: all but the suspicious ones
-- from:   clock_stops, honesty_suspicious
create or replace temp view clock_stops_counted as
select stops.*
from clock_stops as stops
anti join honesty_suspicious as suspicious
    on suspicious.case_key = stops.case_key
    and suspicious.kind = stops.kind
    and suspicious.stopped_from_on = stops.stopped_from_on
    and suspicious.stopped_until_on is not distinct from stops.stopped_until_on
    and suspicious.reason is not distinct from stops.reason
    and suspicious.recorded_at is not distinct from stops.recorded_at;

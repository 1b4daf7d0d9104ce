-- build_resolution: whether every stamp of the events is a whole second
-- from:   accepted_events
-- out:    is_whole BOOLEAN
select
    coalesce(bool_and(epoch_us(completed_at) % 1000000 = 0 and coalesce(epoch_us(started_at) % 1000000 = 0, true)), true)
        as is_whole
from accepted_events

-- what_if_batching: of each wait before a step, how much was collecting a batch, and how long the clock ran meanwhile
-- from:   waiting_transition
create or replace temp table what_if_batching as
select
    instance // 1000000 as case_key,
    instance % 1000000 as event_number,
    batching_us,
    waiting_us - clock_stop_us as running_us
from waiting_transition
where batching_us > 0;

-- flow_bottlenecks: the stage where most files lie at the end of each day
-- from:   flow_day
-- out:    day DATE, stage VARCHAR, queue_count BIGINT, queue_share DOUBLE
-- Of equal queues the first by name. Days on which nothing lies anywhere are left out.
with ranked as (
    select
        day,
        stage,
        queue_count,
        sum(queue_count) over (partition by day) as whole,
        row_number() over (partition by day order by queue_count desc, stage) as place
    from flow_day
)

select day, stage, queue_count, queue_count / whole as queue_share
from ranked
where place = 1 and queue_count > 0
order by day

-- stage_declared: the stage that the events of each activity name, in the whole snapshot
-- from:   event_log
-- out:    activity VARCHAR, stage VARCHAR
-- Where events of one activity name several stages, the most frequent one holds, of equal ones the first by name.
with named as (
    select cast(activity as varchar) as activity, cast(stage as varchar) as stage, count(*) as event_count
    from event_log
    group by activity, stage
)

select activity, first(stage order by event_count desc, stage) filter (where stage is not null) as stage
from named
group by activity
order by activity

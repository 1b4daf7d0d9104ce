-- waiting_concurrency: which activities happen side by side, so that neither waits for the other
-- from:   event_log
-- param:  dependency_threshold DOUBLE    pairs whose one order outweighs the other by less are concurrent
-- param:  loop_threshold DOUBLE          pairs that come and go in turns (a b a) more surely than this are a loop
-- out:    activity VARCHAR, concurrent_activity VARCHAR
-- Of |a > b| direct successions: dependency = (|a > b| - |b > a|) / (|a > b| + |b > a| + 1), and
-- loop = (|a b a| + |b a b|) / (|a b a| + |b a b| + 1), as the heuristics miner has them.
create or replace temp table waiting_concurrency as
with followed as (
    select
        previous_activity as activity,
        activity as next_activity,
        count(*) as follow_count
    from event_log
    where previous_activity is not null and previous_activity <> activity
    group by all
),

returned as (
    select
        previous_activity as activity,
        activity as next_activity,
        count(*) as return_count
    from event_log
    where previous_activity = next_activity and previous_activity <> activity
    group by all
)

select there.activity, there.next_activity as concurrent_activity
from followed as there
inner join followed as back on back.activity = there.next_activity and back.next_activity = there.activity
left join returned on returned.activity = there.activity and returned.next_activity = there.next_activity
left join returned as turned on turned.activity = there.next_activity and turned.next_activity = there.activity
where abs(there.follow_count - back.follow_count)
    < cast($dependency_threshold as double) * (there.follow_count + back.follow_count + 1)
  and (coalesce(returned.return_count, 0) + coalesce(turned.return_count, 0))
    < cast($loop_threshold as double) * (coalesce(returned.return_count, 0) + coalesce(turned.return_count, 0) + 1)
order by all;

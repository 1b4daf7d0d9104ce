-- waiting_concurrency: which activities happen side by side, so that neither waits for the other
-- from:   event_log
-- param:  dependency_threshold DOUBLE    pairs whose one order outweighs the other by less are concurrent
-- param:  loop_threshold DOUBLE          pairs that come and go in turns (a b a) more surely than this are a loop
-- param:  overlap_share DOUBLE           pairs at work at once in so large a share of the cases that have both are concurrent
-- param:  fewest_overlaps BIGINT         and in at least so many cases
-- out:    activity VARCHAR, concurrent_activity VARCHAR
-- Of |a > b| direct successions: dependency = (|a > b| - |b > a|) / (|a > b| + |b > a| + 1), and
-- loop = (|a b a| + |b a b|) / (|a b a| + |b a b| + 1), as the heuristics miner has them. Overlaps are looked for among a
-- step and the next twenty of its case, both with a recorded start and some length; at work at once are two of which at
-- least half of the shorter lies within the other.
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
),

lasting as (
    select case_key, event_number, activity, started_at, completed_at
    from event_log
    where is_start_recorded and started_at < completed_at
),

overlapping as (
    select
        least(earlier.activity, later.activity) as activity,
        greatest(earlier.activity, later.activity) as next_activity,
        count(distinct earlier.case_key) as case_count
    from lasting as earlier
    inner join lasting as later
        on later.case_key = earlier.case_key
        and later.event_number > earlier.event_number
        and later.event_number <= earlier.event_number + 20
        and later.started_at < earlier.completed_at
        and 2 * (least(epoch_us(earlier.completed_at), epoch_us(later.completed_at)) - epoch_us(later.started_at))
        >= least(
            epoch_us(earlier.completed_at) - epoch_us(earlier.started_at),
            epoch_us(later.completed_at) - epoch_us(later.started_at)
        )
    where earlier.activity <> later.activity
    group by 1, 2
    having count(distinct earlier.case_key) >= cast($fewest_overlaps as bigint)
),

having_one as (
    select distinct case_key, activity
    from event_log
    where activity in (select activity from overlapping union select next_activity from overlapping)
),

beside as (
    select overlapping.activity, overlapping.next_activity
    from overlapping
    inner join having_one as one on one.activity = overlapping.activity
    inner join having_one as other on other.case_key = one.case_key and other.activity = overlapping.next_activity
    group by overlapping.activity, overlapping.next_activity, overlapping.case_count
    having overlapping.case_count >= cast($overlap_share as double) * count(*)
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
union
select activity, next_activity
from beside
union
select next_activity, activity
from beside
order by all;

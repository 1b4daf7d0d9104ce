-- waiting_enabled: what each activity instance waited for: the latest completion before it that is not concurrent
-- from:   event_log, waiting_concurrency
--
-- A predecessor stands earlier in its case and has ended when the instance starts, or is about to: where less than half of
-- the shorter of the two overlaps, the instance follows it without a wait. Mostly the predecessor is the event just
-- before; only where that is concurrent or still going on are all earlier ones of the case looked at.
create or replace temp table waiting_placed as
select
    case_key,
    event_number,
    activity,
    resource,
    department,
    is_start_recorded,
    epoch_us(started_at) as start_us,
    epoch_us(completed_at) as end_us,
    event_number > 1
    and epoch_us(enabled_at) = lag(epoch_us(completed_at)) over in_case
    and epoch_us(enabled_at) <= epoch_us(started_at)
    and (previous_activity, activity) not in (select (activity, concurrent_activity) from waiting_concurrency)
        as follows_last,
    lag(epoch_us(completed_at)) over in_case as last_end_us,
    lag(resource) over in_case as last_resource,
    previous_activity as last_activity
from event_log
window in_case as (partition by case_key order by event_number);

create or replace temp table waiting_enabled as
with searched as (
    select
        later.case_key,
        later.event_number,
        max({
            'end_us': least(earlier.end_us, later.start_us),
            'event_number': earlier.event_number,
            'activity': earlier.activity,
            'resource': earlier.resource
        }) as enabling
    from waiting_placed as later
    inner join waiting_placed as earlier
        on earlier.case_key = later.case_key
        and earlier.event_number < later.event_number
        and (
            earlier.end_us <= later.start_us
            or earlier.is_start_recorded
            and later.is_start_recorded
            and earlier.start_us < later.start_us
            and 2 * (least(earlier.end_us, later.end_us) - later.start_us)
            < least(earlier.end_us - earlier.start_us, later.end_us - later.start_us)
        )
    left join waiting_concurrency as beside
        on beside.activity = earlier.activity and beside.concurrent_activity = later.activity
    where later.event_number > 1 and not later.follows_last and beside.activity is null
    group by later.case_key, later.event_number
)

select
    placed.case_key,
    placed.event_number,
    placed.activity,
    placed.resource,
    placed.department,
    placed.is_start_recorded,
    placed.start_us,
    placed.end_us,
    if(placed.follows_last, placed.last_end_us, searched.enabling.end_us) as enabled_us,
    if(placed.follows_last, placed.last_activity, searched.enabling.activity) as enabling_activity,
    if(placed.follows_last, placed.last_resource, searched.enabling.resource) as enabling_resource
from waiting_placed as placed
left join searched using (case_key, event_number);

drop table waiting_placed;

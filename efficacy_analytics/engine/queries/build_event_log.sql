-- build_event_log: the event log, once: order, successor, and the length of waiting and service on three clocks
-- from:   accepted_events (case_key, calendar_number and the accepted columns), day_readings, case_counting
--
-- Every length is the difference of two readings. A row keeps the signed lengths from the completion of the event
-- before it; where events of a case overlap, `build_overlaps` adds by how much a still earlier event ended later.
-- The view `event_log` makes waiting of both. Cases are taken a range of keys at a time, so that memory stays bounded;
-- those that do not simply count working days (`case_counting`) are taken by themselves.
create or replace temp view event_days as
select
    cast(events.case_key as integer) as case_key,
    cast(events.activity as activity_name) as activity,
    cast(events.stage as stage_name) as stage,
    cast(events.resource as resource_name) as resource,
    cast(events.department as department_name) as department,
    coalesce(events.started_at, events.completed_at) as started_at,
    events.completed_at,
    cast(events.completed_local as date) as completed_on,
    events.started_at is not null as is_start_recorded,
    events.source_order,
    open_reading(coalesce(events.started_local, events.completed_local), opening) as start_open,
    open_reading(events.completed_local, closing) as completion_open,
    opening.working_days_to as start_working_days,
    closing.working_days_to as completion_working_days,
    opening.calendar_days_to as start_calendar_days,
    closing.calendar_days_to as completion_calendar_days
from accepted_events as events
left join day_readings as opening
    on opening.calendar_day
    = calendar_day(events.calendar_number, coalesce(events.started_local, events.completed_local))
left join day_readings as closing
    on closing.calendar_day = calendar_day(events.calendar_number, events.completed_local);

create or replace temp view ordinary_readings as
select *, start_working_days as start_counted, completion_working_days as completion_counted
from event_days
where case_key not in (select case_key from case_counting);

create or replace temp view special_readings as
select
    days.*,
    counted_reading(
        if(counting.in_calendar_days, start_calendar_days, start_working_days), counting.stops
    ) as start_counted,
    counted_reading(
        if(counting.in_calendar_days, completion_calendar_days, completion_working_days), counting.stops
    ) as completion_counted
from event_days as days
inner join case_counting as counting on counting.case_key = days.case_key;

create or replace temp macro facts_of(first_case_key, until_case_key, is_special) as table
with read as (
    select * from ordinary_readings
    where not is_special and case_key >= first_case_key and case_key < until_case_key
    union all by name
    select * from special_readings
    where is_special and case_key >= first_case_key and case_key < until_case_key
),

placed as (
    select
        *,
        row_number() over in_case as event_number,
        lead(activity) over in_case as next_activity,
        lag(activity) over in_case as previous_activity,
        lag(completed_at) over in_case as previous_completed_at,
        lag(completion_open) over in_case as previous_completion_open,
        lag(completion_counted) over in_case as previous_completion_counted
    from read
    window in_case as (partition by case_key order by started_at, completed_at, source_order)
)

select
    case_key,
    cast(event_number as integer) as event_number,
    activity,
    stage,
    resource,
    department,
    started_at,
    completed_at,
    completed_on,
    is_start_recorded,
    previous_activity,
    next_activity,
    seconds_between(previous_completed_at, started_at) as previous_to_start_elapsed,
    in_seconds(start_open - previous_completion_open) as previous_to_start_open,
    start_counted - previous_completion_counted as previous_to_start_counted,
    in_seconds(completion_open - start_open) as start_to_completion_open,
    completion_counted - start_counted as start_to_completion_counted,
    in_seconds(cast(0 as bigint)) as overlap_elapsed,
    in_seconds(cast(0 as bigint)) as overlap_open,
    0 as overlap_counted
from placed;

create table event_facts as select * from facts_of(0, 0, false);

create view event_log as
select
    case_key,
    event_number,
    activity,
    stage,
    resource,
    department,
    later(started_at, overlap_elapsed - previous_to_start_elapsed) as enabled_at,
    started_at,
    completed_at,
    completed_on,
    is_start_recorded,
    false as is_start_estimated,
    previous_activity,
    next_activity,
    greatest(previous_to_start_elapsed * 0, previous_to_start_elapsed - overlap_elapsed) as waiting_elapsed_seconds,
    greatest(previous_to_start_open * 0, previous_to_start_open - overlap_open) as waiting_open_seconds,
    greatest(previous_to_start_counted * 0, previous_to_start_counted - overlap_counted) as waiting_counted_days,
    seconds_between(started_at, completed_at) as service_elapsed_seconds,
    start_to_completion_open as service_open_seconds,
    start_to_completion_counted as service_counted_days,
    greatest(previous_to_start_elapsed * 0, previous_to_start_elapsed) as previous_elapsed_seconds,
    greatest(previous_to_start_open * 0, previous_to_start_open) as previous_open_seconds
from event_facts;

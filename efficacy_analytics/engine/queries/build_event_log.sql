-- build_event_log: the event log, once: successor, and the length of waiting and service on three clocks
-- from:   accepted_events (case_key, calendar_number and the accepted columns), slot_readings, case_counting
--
-- Every length is the difference of two readings. A row keeps the signed lengths from the completion of the event
-- before it, which intake has noted. Cases that do not simply count working days (`case_counting`) are taken by
-- themselves. No name is lost by `try_cast`: the enumerations hold every name there is.
create table event_steps (
    case_key integer,
    event_number integer,
    activity activity_name using compression uncompressed,
    stage stage_name using compression uncompressed,
    resource resource_name using compression uncompressed,
    department department_name using compression uncompressed,
    started_at timestamptz using compression uncompressed,
    completed_at timestamptz using compression uncompressed,
    completed_on date,
    is_start_recorded boolean using compression uncompressed,
    previous_activity activity_name using compression uncompressed,
    next_activity activity_name using compression uncompressed,
    previous_to_start_elapsed kept_seconds,
    previous_to_start_open kept_seconds,
    previous_to_start_counted integer,
    start_to_completion_open kept_seconds,
    start_to_completion_counted integer
);

create or replace temp view events_with_readings as
with begun as (
    select
        *,
        coalesce(started_at, completed_at) as began_at,
        coalesce(started_local, completed_local) as began_local,
        coalesce(previous_completed_local, completed_local) as enabled_local
    from accepted_events
)

select
    events.case_key,
    events.event_number,
    try_cast(events.activity as activity_name) as activity,
    try_cast(events.stage as stage_name) as stage,
    try_cast(events.resource as resource_name) as resource,
    try_cast(events.department as department_name) as department,
    events.began_at as started_at,
    events.completed_at,
    cast(events.completed_local as date) as completed_on,
    events.started_at is not null as is_start_recorded,
    try_cast(events.previous_activity as activity_name) as previous_activity,
    try_cast(events.next_activity as activity_name) as next_activity,
    seconds_between(events.previous_completed_at, events.began_at) as previous_to_start_elapsed,
    in_seconds(open_reading(events.began_local, opening) - open_reading(events.enabled_local, enabled)) as enabled_open,
    in_seconds(open_reading(events.completed_local, closing) - open_reading(events.began_local, opening))
        as start_to_completion_open,
    enabled.working_days_to as enabled_working_days,
    opening.working_days_to as start_working_days,
    closing.working_days_to as completion_working_days,
    enabled.calendar_days_to as enabled_calendar_days,
    opening.calendar_days_to as start_calendar_days,
    closing.calendar_days_to as completion_calendar_days
from begun as events
inner join slot_readings as opening on opening.slot = slot_of(events.calendar_number, events.began_local)
inner join slot_readings as closing on closing.slot = slot_of(events.calendar_number, events.completed_local)
inner join slot_readings as enabled on enabled.slot = slot_of(events.calendar_number, events.enabled_local);

create or replace temp macro steps_of(readings) as table
select
    case_key,
    event_number,
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
    previous_to_start_elapsed,
    if(event_number > 1, enabled_open, null) as previous_to_start_open,
    if(event_number > 1, start_counted - enabled_counted, null) as previous_to_start_counted,
    start_to_completion_open,
    completion_counted - start_counted as start_to_completion_counted
from query_table(readings);

create or replace temp view ordinary_readings as
select
    *,
    enabled_working_days as enabled_counted,
    start_working_days as start_counted,
    completion_working_days as completion_counted
from events_with_readings
where case_key not in (select case_key from case_counting);

create or replace temp view special_readings as
select
    events.*,
    counted_reading(if(in_calendar_days, enabled_calendar_days, enabled_working_days), counting) as enabled_counted,
    counted_reading(if(in_calendar_days, start_calendar_days, start_working_days), counting) as start_counted,
    counted_reading(if(in_calendar_days, completion_calendar_days, completion_working_days), counting)
        as completion_counted
from events_with_readings as events
inner join case_counting as counting on counting.case_key = events.case_key;

insert into event_steps from steps_of('ordinary_readings');

insert into event_steps from steps_of('special_readings');

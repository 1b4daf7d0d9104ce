-- build_event_log: the event log, once: successor, and the length of waiting and service on three clocks
-- from:   accepted_events (case_key, calendar_number and the accepted columns), slot_readings, case_counting
--
-- Every length is the difference of two readings. A row keeps the signed lengths from the completion of the event
-- before it, which intake has noted; none where there is no such event, or a day alone among times. A case that is not
-- in `case_counting` counts working days, none of them stopped: the nulls of the join take nothing out. No name is lost by `try_cast`: the enumerations hold every name there is.
insert into event_steps
with begun as (
    select
        *,
        coalesce(started_at, completed_at) as began_at,
        coalesce(started_local, completed_local) as began_local,
        coalesce(previous_completed_local, completed_local) as enabled_local
    from accepted_events
),

read as (
    select
        events.*,
        open_reading(events.enabled_local, enabled) as enabled_open,
        open_reading(events.began_local, opening) as began_open,
        open_reading(events.completed_local, closing) as completed_open,
        counted_reading(if(in_calendar_days, enabled.calendar_days_to, enabled.working_days_to), counting)
            as enabled_counted,
        counted_reading(if(in_calendar_days, opening.calendar_days_to, opening.working_days_to), counting)
            as began_counted,
        counted_reading(if(in_calendar_days, closing.calendar_days_to, closing.working_days_to), counting)
            as completed_counted
    from begun as events
    inner join slot_readings as opening on opening.slot = slot_of(events.calendar_number, events.began_local)
    inner join slot_readings as closing on closing.slot = slot_of(events.calendar_number, events.completed_local)
    inner join slot_readings as enabled on enabled.slot = slot_of(events.calendar_number, events.enabled_local)
    left join case_counting as counting on counting.case_key = events.case_key
)

select
    case_key,
    event_number,
    try_cast(activity as activity_name) as activity,
    try_cast(stage as stage_name) as stage,
    try_cast(resource as resource_name) as resource,
    try_cast(department as department_name) as department,
    began_at as started_at,
    completed_at,
    cast(completed_local as date) as completed_on,
    started_at is not null as is_start_recorded,
    try_cast(previous_activity as activity_name) as previous_activity,
    try_cast(next_activity as activity_name) as next_activity,
    seconds_between(previous_completed_at, began_at) as previous_to_start_elapsed,
    if(previous_completed_at is not null, in_seconds(began_open - enabled_open), null) as previous_to_start_open,
    if(previous_completed_at is not null, began_counted - enabled_counted, null) as previous_to_start_counted,
    in_seconds(completed_open - began_open) as start_to_completion_open,
    completed_counted - began_counted as start_to_completion_counted
from read;

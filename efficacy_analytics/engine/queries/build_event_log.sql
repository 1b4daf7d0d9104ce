-- build_event_log: the event log, once: order, successor, and the length of waiting and service on three clocks
-- from:   accepted_events (case_key, calendar_number and the accepted columns), day_readings, case_counting
--
-- Every length is the difference of two readings. A reading is monotone in time, so the reading of the latest
-- of several instants is the largest of their readings: a case's `enabled` instant is never looked up again.
-- Kept are the signed lengths; the view `event_log` shows the parts that are not below zero.
create table event_facts as
with read as (
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
        counted_reading(
            if(counting.in_calendar_days, opening.calendar_days_to, opening.working_days_to), counting.stops
        ) as start_counted,
        counted_reading(
            if(counting.in_calendar_days, closing.calendar_days_to, closing.working_days_to), counting.stops
        ) as completion_counted
    from accepted_events as events
    left join day_readings as opening
        on opening.calendar_day
        = calendar_day(events.calendar_number, coalesce(events.started_local, events.completed_local))
    left join day_readings as closing
        on closing.calendar_day = calendar_day(events.calendar_number, events.completed_local)
    left join case_counting as counting on counting.case_key = events.case_key
),

placed as (
    select
        *,
        row_number() over in_case as event_number,
        lag(activity) over in_case as previous_activity,
        lead(activity) over in_case as next_activity,
        lead(started_at) over in_case as next_started_at,
        lead(start_open) over in_case as next_start_open,
        max(completed_at) over earlier as enabled_at,
        max(completion_open) over earlier as enabled_open,
        max(completion_counted) over earlier as enabled_counted
    from read
    window
        in_case as (partition by case_key order by started_at, completed_at, source_order),
        earlier as (
            partition by case_key order by started_at, completed_at, source_order
            rows between unbounded preceding and 1 preceding
        )
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
    seconds_between(enabled_at, started_at) as enabled_to_start_elapsed,
    in_seconds(start_open - enabled_open) as enabled_to_start_open,
    start_counted - enabled_counted as enabled_to_start_counted,
    in_seconds(completion_open - start_open) as start_to_completion_open,
    completion_counted - start_counted as start_to_completion_counted,
    seconds_between(completed_at, next_started_at) as completion_to_next_elapsed,
    in_seconds(next_start_open - completion_open) as completion_to_next_open
from placed;

create view event_log as
select
    case_key,
    event_number,
    activity,
    stage,
    resource,
    department,
    later(started_at, -enabled_to_start_elapsed) as enabled_at,
    started_at,
    completed_at,
    completed_on,
    is_start_recorded,
    false as is_start_estimated,
    previous_activity,
    next_activity,
    later(completed_at, completion_to_next_elapsed) as next_started_at,
    if(enabled_to_start_elapsed < 0, 0, enabled_to_start_elapsed) as waiting_elapsed_seconds,
    if(enabled_to_start_open < 0, 0, enabled_to_start_open) as waiting_open_seconds,
    if(enabled_to_start_counted < 0, 0, enabled_to_start_counted) as waiting_counted_days,
    seconds_between(started_at, completed_at) as service_elapsed_seconds,
    start_to_completion_open as service_open_seconds,
    start_to_completion_counted as service_counted_days,
    if(completion_to_next_elapsed < 0, 0, completion_to_next_elapsed) as next_elapsed_seconds,
    if(completion_to_next_open < 0, 0, completion_to_next_open) as next_open_seconds
from event_facts;

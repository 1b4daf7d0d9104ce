-- honesty_facts: what the checks of the records read: days, officers' steps, cases with their limits, clock stops
-- from:   honesty_settings, cohort_cases, cohort_events, clock_cases, clock_notes, clock_zones, clock_stops, clock_settings, calendar
-- from:   snapshot, applicant_activities, machine_accounts
--
-- The applicant's own steps are left out: their stamps are the applicant's; so are those of accounts that no officer can be. A step belongs to its department, else to
-- that of its case. Days of a case without stops are counted in the unit of its limit; a stop from s until e takes out
-- the days after s up to and including e. What was opened when: the day it was keyed in, where that is known.
create or replace temp table honesty_days as
with read as (
    select
        calendar.calendar_number,
        calendar.day,
        calendar.is_working_day,
        calendar.working_days_to,
        timezone(zones.time_zone, cast(calendar.day as timestamp)) as begins_at,
        timezone(zones.time_zone, cast(calendar.day + 1 as timestamp)) as ends_at,
        zones.time_zone,
        case when is_working_day then opens_1_seconds end as opens_seconds,
        case when is_working_day then greatest(closes_1_seconds, closes_2_seconds, closes_3_seconds) end as closes_seconds
    from calendar
    inner join clock_zones as zones using (calendar_number)
)

select
    *,
    epoch_us(ends_at) - epoch_us(begins_at) = 86400000000 as has_24_hours,
    max(if(is_working_day, day, null)) over whole_month as last_working_day,
    count(*) filter (where is_working_day) over whole_month as month_working_days
from read
window whole_month as (partition by calendar_number, date_trunc('month', day))
order by calendar_number, day;

create or replace temp table honesty_steps as
with timed as (
    select
        events.case_key,
        events.event_number,
        coalesce(cast(events.department as varchar), cases.department) as department,
        cast(events.activity as varchar) as activity,
        events.started_at,
        events.completed_at,
        events.completed_on,
        events.is_start_recorded,
        clock.calendar_number,
        days.is_working_day,
        days.opens_seconds,
        days.closes_seconds,
        if(
            days.has_24_hours,
            epoch_us(events.completed_at) - epoch_us(days.begins_at),
            epoch_us(timezone(days.time_zone, events.completed_at)) - epoch_us(cast(events.completed_on as timestamp))
        ) as day_us
    from cohort_events as events
    inner join cohort_cases as cases using (case_key)
    inner join clock_cases as clock using (case_key)
    inner join honesty_days as days
        on days.calendar_number = clock.calendar_number and days.day = events.completed_on
    where cast(events.activity as varchar) not in (select activity from applicant_activities)
      and coalesce(cast(events.resource as varchar) not in (select resource from machine_accounts), true)
)

select
    case_key,
    event_number,
    department,
    activity,
    completed_at,
    completed_on,
    calendar_number,
    day_us,
    is_start_recorded,
    day_us = 0 as is_midnight,
    day_us > 0 and day_us // 60000000 % 30 = 0 as is_round,
    day_us > 0 and (
        not is_working_day
        or day_us < (opens_seconds - (select office_grace_seconds from honesty_settings)) * 1000000
        or day_us > (closes_seconds + (select office_grace_seconds from honesty_settings)) * 1000000
    ) as is_outside,
    is_start_recorded and started_at = completed_at as is_zero_length
from timed;

create or replace temp view honesty_cases as
with read as (
    select
        cases.case_key,
        cases.case_id,
        cases.department,
        cases.item,
        cases.applied_on,
        cases.accepted_on,
        cases.completed_on,
        cases.due_on,
        cases.accepted_at,
        cases.completed_at,
        cases.first_at,
        cases.last_at,
        cases.counted_days,
        cases.remaining_days,
        cases.is_open,
        cases.is_late,
        cases.is_withdrawn,
        cases.is_under_clock,
        cast(cases.limit_unit as varchar) as limit_unit,
        clock.calendar_number,
        cases.limit_unit = 'working_days' as in_working_days,
        case cast(cases.limit_unit as varchar)
            when 'working_days' then cases.limit_days
            when 'calendar_days' then cases.limit_days
            when 'months'
                then cast(cases.accepted_on + to_months(cases.limit_days) as date) - cases.accepted_on
        end as span_days,
        coalesce(notes.extension_days, 0) as extension_days,
        snapshot.as_on,
        clock.ended_on,
        if(cases.is_open, snapshot.as_on, clock.ended_on) as until_on
    from cohort_cases as cases
    cross join (select as_on from snapshot) as snapshot
    inner join clock_cases as clock using (case_key)
    left join clock_notes as notes using (note_number)
)

select
    read.*,
    applied.working_days_to as applied_reading,
    if(in_working_days, accepted.working_days_to, accepted_on - date '2000-01-01') as accepted_reading,
    accepted.working_days_to as accepted_working_days,
    if(in_working_days, ended.working_days_to, until_on - date '2000-01-01') as until_reading
from read
left join honesty_days as applied on applied.calendar_number = read.calendar_number and applied.day = applied_on
left join honesty_days as accepted on accepted.calendar_number = read.calendar_number and accepted.day = accepted_on
left join honesty_days as ended on ended.calendar_number = read.calendar_number and ended.day = until_on;

create or replace temp table honesty_stops as
with told as (
    select
        row_number() over (
            order by
                stops.case_key, stops.kind, stops.stopped_from_on, stops.stopped_until_on, stops.extension_days,
                stops.reason, stops.recorded_at
        ) as stop_key,
        stops.case_key,
        stops.kind,
        stops.effect,
        stops.reason,
        stops.stopped_from_on,
        stops.stopped_until_on,
        stops.recorded_at,
        stops.recorded_on,
        coalesce(stops.recorded_on, stops.stopped_from_on) as opened_on,
        greatest(
            stops.stopped_from_on - cast(settings.stop_takes_out_its_first_day as integer), cases.accepted_on
        ) as from_on,
        cases.* exclude (case_key)
    from clock_stops as stops
    inner join honesty_cases as cases using (case_key)
    cross join (select stop_takes_out_its_first_day from clock_settings) as settings
    where stops.effect in ('stops', 'extends')
      and not stops.ends_before_start
),

read as (
    select
        told.*,
        if(in_working_days, opened.working_days_to, opened_on - date '2000-01-01') as opened_reading,
        if(in_working_days, began.working_days_to, from_on - date '2000-01-01') as from_reading,
        if(in_working_days, ended.working_days_to, stopped_until_on - date '2000-01-01') as stop_until_reading,
        stated.working_days_to as stated_working_days,
        keyed.working_days_to as keyed_working_days,
        keyed.working_days_to - stated.working_days_to as lag_working_days
    from told
    left join honesty_days as opened on opened.calendar_number = told.calendar_number and opened.day = opened_on
    left join honesty_days as began on began.calendar_number = told.calendar_number and began.day = from_on
    left join honesty_days as ended on ended.calendar_number = told.calendar_number and ended.day = stopped_until_on
    left join honesty_days as stated
        on stated.calendar_number = told.calendar_number and stated.day = stopped_from_on
    left join honesty_days as keyed on keyed.calendar_number = told.calendar_number and keyed.day = recorded_on
),

measured as (
    select
        *,
        opened_reading - accepted_reading as opened_days,
        from_reading - accepted_reading as from_days,
        stop_until_reading - from_reading as length_days,
        if(
            is_open or not is_under_clock,
            null,
            counted_days + greatest(0, least(stop_until_reading, until_reading) - from_reading)
            - span_days - extension_days
        ) as overrun_days
    from read
)

select
    *,
    effect = 'stops' and opened_days >= (select warning_share from honesty_settings) * span_days as is_after_warning,
    lag_working_days > (select dated_back_working_days from honesty_settings)
    or coalesce(
        lag_working_days > 1 and opened_days > span_days + extension_days and from_days <= span_days + extension_days,
        false
    ) as is_dated_back,
    effect = 'stops' and coalesce(overrun_days > 0 and not is_late and length_days >= overrun_days, false) as is_rescue,
    length_days - overrun_days as spare_days
from measured
order by stop_key;

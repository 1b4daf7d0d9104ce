-- chance_rows: each case with a due date on each of some days on which it was open: what was known of it that day
-- from:   chance_cases, clock_stop_readings, clock_stops, calendar, event_log, step_stages
-- param:  from_on DATE    the first of the days
-- param:  until_on DATE   the last of the days
-- param:  step_days INTEGER   days from one to the next, counted back from the last
--
-- Known on a day are steps completed by then, stops and extensions begun by then, and the fate of cases known by then.
create or replace temp table chance_rows as
with places as (
    select
        case_key,
        department,
        item,
        calendar_number,
        accepted_on,
        allowed_days,
        counts_working_days,
        cast($until_on as date) - cast($step_days as integer) * cast(unnest(range(
            cast(ceil(
                greatest(0, cast($until_on as date) - coalesce(ended_on - 1, cast($until_on as date)))
                / cast(cast($step_days as integer) as double)
            ) as bigint),
            1 + cast(floor(
                (cast($until_on as date) - greatest(accepted_on, cast($from_on as date)))
                / cast(cast($step_days as integer) as double)
            ) as bigint)
        )) as integer) as day
    from chance_cases
    where accepted_on <= cast($until_on as date)
),

days as (
    select * replace (cast(day as date) as day) from places
),

extended as (
    select days.case_key, days.day, sum(stops.extension_days) as later_days
    from days
    inner join clock_stops as stops
        on stops.case_key = days.case_key and stops.effect = 'extends' and stops.stopped_from_on > days.day
    group by days.case_key, days.day
),

stopped as (
    select
        days.case_key,
        days.day,
        sum(if(
            days.counts_working_days,
            least(spans.working_days_until, today.working_days_to) - spans.working_days_from,
            least(spans.stopped_until_on, days.day) - spans.stopped_from_on
        )) as stopped_days
    from days
    inner join clock_stop_readings as spans
        on spans.case_key = days.case_key and spans.stopped_from_on < days.day
    inner join calendar as today
        on today.calendar_number = days.calendar_number and today.day = days.day
    group by days.case_key, days.day
),

standing as (
    select distinct days.case_key, days.day
    from days
    inner join clock_stops as stops
        on stops.case_key = days.case_key
        and stops.effect = 'stops'
        and stops.stopped_from_on <= days.day
        and coalesce(stops.stopped_until_on > days.day, true)
        and coalesce(stops.recorded_on <= days.day, true)
),

last_steps as (
    select
        case_key,
        completed_on,
        arg_max(
            {
                'activity': activity,
                'stage': stage,
                'resource': resource
            },
            event_number
        ) as step,
        count(*) as step_count
    from event_log
    where case_key in (select case_key from chance_cases)
    group by case_key, completed_on
),

steps as (
    select
        case_key,
        completed_on,
        step,
        sum(step_count) over (
            partition by case_key order by completed_on rows between unbounded preceding and current row
        ) as step_count
    from last_steps
),

fates as (
    select item, department, known_on, count(*) as known_count, count(*) filter (where is_late) as late_count
    from chance_cases
    where known_on is not null
    group by item, department, known_on
),

item_fates as (
    select
        coalesce(item, '') as item,
        known_on,
        sum(sum(late_count)) over so_far as late_count,
        sum(sum(known_count)) over so_far as known_count
    from fates
    group by coalesce(item, ''), known_on
    window so_far as (partition by coalesce(item, '') order by known_on)
),

department_fates as (
    select
        coalesce(department, '') as department,
        known_on,
        sum(sum(late_count)) over so_far as late_count,
        sum(sum(known_count)) over so_far as known_count
    from fates
    group by coalesce(department, ''), known_on
    window so_far as (partition by coalesce(department, '') order by known_on)
),

all_fates as (
    select
        known_on,
        sum(sum(late_count)) over (order by known_on) as late_count,
        sum(sum(known_count)) over (order by known_on) as known_count
    from fates
    group by known_on
),

counted as (
    select
        days.case_key,
        days.day,
        coalesce(days.department, '') as department,
        coalesce(days.item, '') as item,
        days.accepted_on,
        if(
            days.counts_working_days,
            today.working_days_to - accepted.working_days_to,
            days.day - days.accepted_on
        ) - coalesce(stopped.stopped_days, 0) as counted_days,
        days.allowed_days - coalesce(extended.later_days, 0) as allowed_days,
        standing.case_key is not null as is_stopped
    from days
    inner join calendar as today
        on today.calendar_number = days.calendar_number and today.day = days.day
    inner join calendar as accepted
        on accepted.calendar_number = days.calendar_number and accepted.day = days.accepted_on
    left join stopped on stopped.case_key = days.case_key and stopped.day = days.day
    left join extended on extended.case_key = days.case_key and extended.day = days.day
    left join standing on standing.case_key = days.case_key and standing.day = days.day
),

placed as (
    select
        counted.*,
        coalesce(cast(steps.step.stage as varchar), step_stages.stage, '') as stage,
        coalesce(cast(steps.step.resource as varchar), '') as holder,
        coalesce(counted.day - greatest(steps.completed_on, counted.accepted_on), counted.day - counted.accepted_on)
            as waiting_days,
        coalesce(steps.step_count, 0) as step_count
    from counted
    asof left join steps
        on steps.case_key = counted.case_key and steps.completed_on <= counted.day
    left join step_stages on step_stages.activity = cast(steps.step.activity as varchar)
)

select
    placed.*,
    count(*) over (partition by placed.day, placed.department, placed.holder) as holder_load,
    count(*) over (partition by placed.day, placed.department) as department_load,
    row_number() over (
        partition by placed.day, placed.department, placed.stage order by placed.accepted_on, placed.case_key
    ) - 1 as queue_ahead,
    coalesce(item_fates.late_count, 0) as item_late_count,
    coalesce(item_fates.known_count, 0) as item_known_count,
    coalesce(department_fates.late_count, 0) as department_late_count,
    coalesce(department_fates.known_count, 0) as department_known_count,
    coalesce(all_fates.late_count, 0) as all_late_count,
    coalesce(all_fates.known_count, 0) as all_known_count
from placed
asof left join item_fates
    on item_fates.item = placed.item and item_fates.known_on <= placed.day
asof left join department_fates
    on department_fates.department = placed.department and department_fates.known_on <= placed.day
asof left join all_fates
    on all_fates.known_on <= placed.day;

-- chance_rows: each case of the cohort with a due date on each of some days on which it was open: what was known of it
-- from:   chance_cases, chance_steps, clock_stop_readings, clock_stops, calendar, step_stages
-- param:  from_on DATE    the first of the days
-- param:  until_on DATE   the last of the days
-- param:  step_days INTEGER   days from one to the next, counted back from the last
-- param:  part DOUBLE     the part of all cases that is taken, by a hash of their keys; 1 for all
--
-- Known on a day are steps completed by then, stops and extensions begun by then, and the fate of cases known by then.
-- Loads, queues and shares of late cases are those of all cases, in whatever cohort they are asked for; all else is looked
-- up for the cases taken, while their fate is not known.
create or replace temp table chance_rows as
with pieces as (
    select
        steps.*,
        greatest(cases.accepted_on, steps.from_on, cast($from_on as date)) as first_on,
        least(cast($until_on as date), steps.until_on - 1, cases.ended_on - 1) as last_on
    from chance_cases as cases
    inner join chance_steps as steps using (case_key)
),

days as (
    select
        case_key,
        from_on,
        step,
        step_count,
        cast($until_on as date) - cast($step_days as integer) * cast(unnest(range(
            cast(ceil(
                (cast($until_on as date) - last_on) / cast(cast($step_days as integer) as double)
            ) as bigint),
            1 + cast(floor(
                (cast($until_on as date) - first_on) / cast(cast($step_days as integer) as double)
            ) as bigint)
        )) as integer) as day
    from pieces
    where first_on <= last_on
),

placed as (
    select
        cases.* replace (coalesce(cases.department, '') as department, coalesce(cases.item, '') as item),
        cast(days.day as date) as day,
        days.from_on,
        days.step_count,
        coalesce(cast(days.step.stage as varchar), step_stages.stage, '') as stage,
        coalesce(cast(days.step.resource as varchar), '') as holder
    from days
    inner join chance_cases as cases using (case_key)
    left join step_stages on step_stages.activity = cast(days.step.activity as varchar)
),

loaded as (
    select
        *,
        count(*) over (partition by day, department, holder) as holder_load,
        count(*) over (partition by day, department) as department_load,
        row_number() over (partition by day, department, stage order by accepted_on, case_key) - 1 as queue_ahead
    from placed
),

taken as (
    select *
    from loaded
    where is_of_cohort
      and coalesce(known_on > day, true)
      and (case_key * 2654435761) % 1000000 < cast($part as double) * 1000000
),

extended as (
    select taken.case_key, taken.day, sum(stops.extension_days) as later_days
    from taken
    inner join clock_stops as stops
        on stops.case_key = taken.case_key and stops.effect = 'extends' and stops.stopped_from_on > taken.day
    group by taken.case_key, taken.day
),

stopped as (
    select
        taken.case_key,
        taken.day,
        sum(if(
            taken.counts_working_days,
            least(spans.working_days_until, today.working_days_to) - spans.working_days_from,
            least(spans.stopped_until_on, taken.day) - spans.stopped_from_on
        )) as stopped_days
    from taken
    inner join clock_stop_readings as spans
        on spans.case_key = taken.case_key and spans.stopped_from_on < taken.day
    inner join calendar as today
        on today.calendar_number = taken.calendar_number and today.day = taken.day
    group by taken.case_key, taken.day
),

standing as (
    select distinct taken.case_key, taken.day
    from taken
    inner join clock_stops as stops
        on stops.case_key = taken.case_key
        and stops.effect = 'stops'
        and stops.stopped_from_on <= taken.day
        and coalesce(stops.stopped_until_on > taken.day, true)
        and coalesce(stops.recorded_on <= taken.day, true)
),

fates as (
    select
        unnest([
            {'of': 'item', 'name': coalesce(item, '')},
            {'of': 'department', 'name': coalesce(department, '')},
            {'of': 'all', 'name': ''}
        ], recursive := true),
        known_on,
        is_late
    from chance_cases
    where known_on is not null
),

known_fates as (
    select
        of,
        name,
        known_on,
        sum(count(*) filter (where is_late)) over so_far as late_count,
        sum(count(*)) over so_far as known_count
    from fates
    group by of, name, known_on
    window so_far as (partition by of, name order by known_on)
),

counted as (
    select
        taken.*,
        if(
            taken.counts_working_days,
            today.working_days_to - accepted.working_days_to,
            taken.day - taken.accepted_on
        ) - coalesce(stopped.stopped_days, 0) as days_counted,
        taken.allowed_days - coalesce(extended.later_days, 0) as days_allowed,
        standing.case_key is not null as is_stopped
    from taken
    inner join calendar as today
        on today.calendar_number = taken.calendar_number and today.day = taken.day
    inner join calendar as accepted
        on accepted.calendar_number = taken.calendar_number and accepted.day = taken.accepted_on
    left join stopped on stopped.case_key = taken.case_key and stopped.day = taken.day
    left join extended on extended.case_key = taken.case_key and extended.day = taken.day
    left join standing on standing.case_key = taken.case_key and standing.day = taken.day
)

select
    counted.case_key,
    counted.day,
    counted.department,
    counted.item,
    counted.stage,
    counted.holder,
    counted.days_counted as counted_days,
    counted.days_allowed as allowed_days,
    counted.day - greatest(counted.from_on, counted.accepted_on) as waiting_days,
    counted.step_count,
    counted.is_stopped,
    counted.holder_load,
    counted.department_load,
    counted.queue_ahead,
    coalesce(item_fates.late_count, 0) as item_late_count,
    coalesce(item_fates.known_count, 0) as item_known_count,
    coalesce(department_fates.late_count, 0) as department_late_count,
    coalesce(department_fates.known_count, 0) as department_known_count,
    coalesce(all_fates.late_count, 0) as all_late_count,
    coalesce(all_fates.known_count, 0) as all_known_count
from counted
asof left join (from known_fates where of = 'item') as item_fates
    on item_fates.name = counted.item and item_fates.known_on <= counted.day
asof left join (from known_fates where of = 'department') as department_fates
    on department_fates.name = counted.department and department_fates.known_on <= counted.day
asof left join (from known_fates where of = 'all') as all_fates
    on all_fates.known_on <= counted.day
where counted.days_counted <= counted.days_allowed and counted.days_allowed > 0;

-- clock_stop_unions: the stops of each case as disjoint spans in order, and what the calendar reads at their ends
-- from:   clock_stops_counted, clock_stopped_cases, clock_days
-- param:  as_on DATE  the day of the verdict; a stop without an end runs until then
-- param:  stop_takes_out_its_first_day BOOLEAN  whether the day a stop begins is itself taken out
--
-- A span takes out the days after its first up to and including its second, from acceptance to completion only. It is the
-- same whatever limit judges the case.
create or replace temp table clock_stop_unions as
with effective as (
    select
        stops.case_key,
        greatest(
            stops.stopped_from_on - cast(cast($stop_takes_out_its_first_day as boolean) as integer), cases.accepted_on
        ) as from_on,
        least(
            coalesce(stops.stopped_until_on, cast($as_on as date)),
            if(cases.ended_on <= cast($as_on as date), cases.ended_on, null)
        ) as until_on
    from clock_stops_counted as stops
    inner join clock_stopped_cases as cases using (case_key)
    where stops.effect = 'stops' and not stops.ends_before_start
),

begun as (
    select
        case_key,
        from_on,
        until_on,
        from_on > coalesce(max(until_on) over earlier, date '0001-01-01') as begins_span
    from effective
    where from_on < until_on
    window earlier as (
        partition by case_key order by from_on, until_on rows between unbounded preceding and 1 preceding
    )
),

numbered as (
    select
        case_key,
        from_on,
        until_on,
        sum(cast(begins_span as integer)) over (partition by case_key order by from_on, until_on) as span_number
    from begun
)

select
    case_key,
    cast(span_number as integer) as span_number,
    min(from_on) as stopped_from_on,
    max(until_on) as stopped_until_on
from numbered
group by case_key, span_number;

create or replace temp table clock_stop_readings as
with placed as (
    select
        unions.case_key,
        unions.span_number,
        unions.stopped_from_on,
        unions.stopped_until_on,
        clock_day_key(unions.stopped_from_on, calendar_number) as from_key,
        clock_day_key(unions.stopped_until_on, calendar_number) as until_key
    from clock_stop_unions as unions
    inner join clock_stopped_cases as cases using (case_key)
)

select
    placed.case_key,
    placed.stopped_from_on,
    placed.stopped_until_on,
    from_day.working_days_to as working_days_from,
    until_day.working_days_to as working_days_until,
    from_day.calendar_days_to as calendar_days_from,
    until_day.calendar_days_to as calendar_days_until
from placed
inner join clock_days as from_day on from_day.day_key = placed.from_key
inner join clock_days as until_day on until_day.day_key = placed.until_key;

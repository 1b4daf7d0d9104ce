-- waiting_stops: the instants between which the clock of a case stands still, overlapping stops as one
-- from:   clock_stops, clock_settings, cohort_cases, waiting_deliveries
--
-- A stop from one day until another takes out the days after the first up to and including the other (and the first
-- itself, if so set), in the delivery's zone; one without end runs until the day of the snapshot.
create or replace temp table waiting_stops as
with stopped as (
    select
        stops.case_key,
        epoch_us(timezone(deliveries.time_zone, cast(
            stops.stopped_from_on + if(settings.stop_takes_out_its_first_day, 0, 1) as timestamp
        ))) as from_us,
        epoch_us(timezone(deliveries.time_zone, cast(
            coalesce(stops.stopped_until_on, settings.as_on) + 1 as timestamp
        ))) as until_us
    from clock_stops as stops
    cross join clock_settings as settings
    asof inner join waiting_deliveries as deliveries on deliveries.first_case_key <= stops.case_key
    where stops.effect = 'stops'
      and stops.case_key in (select case_key from cohort_cases)
),

begun as (
    select
        *,
        coalesce(from_us > max(until_us) over (
            partition by case_key order by from_us, until_us rows between unbounded preceding and 1 preceding
        ), true) as begins
    from stopped
    where from_us < until_us
),

numbered as (
    select
        case_key,
        from_us,
        until_us,
        sum(cast(begins as integer)) over (partition by case_key order by from_us, until_us) as span
    from begun
)

select case_key, span, min(from_us) as from_us, max(until_us) as until_us
from numbered
group by case_key, span
order by case_key, span;

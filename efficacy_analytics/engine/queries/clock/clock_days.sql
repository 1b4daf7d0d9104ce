-- clock_days: the calendars as look-up tables, in which each day and each working day has one dense whole-number key
-- from:   calendar, clock_zones
-- param:  flag_codes VARCHAR  the codes of flags in the order of their bits, with commas between
--
-- All calendars share one grid of days, from the day before the first to the day after the last, and one grid of
-- readings. Where a calendar has no such day or reading the row is null: a look-up clamps its day to the grid and is an
-- inner join on an integer that always finds one row.
set variable clock_before_on = (select min(day) - 1 from calendar);

set variable clock_after_on = (select max(day) + 1 from calendar);

set variable clock_after_reading = (select 1 + max(working_days_to) from calendar);

create or replace temp macro clock_day_key(day, calendar_number) as
    calendar_number * (getvariable('clock_after_on') - getvariable('clock_before_on') + 1)
    + (greatest(getvariable('clock_before_on'), least(day, getvariable('clock_after_on')))
        - getvariable('clock_before_on'));

create or replace temp macro clock_working_key(reading, calendar_number) as
    cast(calendar_number as bigint) * (1 + getvariable('clock_after_reading'))
    + greatest(0, least(reading, getvariable('clock_after_reading')));

create or replace temp table clock_days as
with places as (
    select calendar_number, cast(day as date) as day
    from clock_zones
    cross join range(
        getvariable('clock_before_on'), getvariable('clock_after_on') + 1, interval 1 day
    ) as days(day)
)

select
    clock_day_key(places.day, places.calendar_number) as day_key,
    calendar.working_days_to,
    calendar.calendar_days_to,
    min(if(calendar.is_working_day, calendar.day, null)) over (
        partition by places.calendar_number order by places.day rows between current row and unbounded following
    ) as next_working_on,
    places.day - 1 - max(if(calendar.is_working_day, calendar.day, null)) over (
        partition by places.calendar_number order by places.day rows between unbounded preceding and 1 preceding
    ) as rest_days_before
from places
left join calendar on calendar.calendar_number = places.calendar_number and calendar.day = places.day
order by day_key;

create or replace temp table clock_working_days as
select
    clock_working_key(places.reading, places.calendar_number) as working_key,
    calendar.day
from (
    select calendar_number, reading
    from clock_zones
    cross join range(0, getvariable('clock_after_reading') + 1) as readings(reading)
) as places
left join calendar
    on calendar.calendar_number = places.calendar_number
    and calendar.working_days_to = places.reading
    and calendar.is_working_day
order by working_key;

create or replace temp table clock_flag_lists as
with codes as (select string_split($flag_codes, ',') as codes),

places as (
    select
        range as bits,
        list_filter(codes[:7], lambda code, place: (bits >> (place - 1)) & 1 = 1) as first_codes,
        list_filter(codes[8:13], lambda code, place: (bits >> (place - 1)) & 1 = 1) as second_codes,
        list_filter(codes[14:20], lambda code, place: (bits >> (place - 1)) & 1 = 1) as third_codes,
        list_filter(codes[21:26], lambda code, place: (bits >> (place - 1)) & 1 = 1) as fourth_codes
    from range(128), codes
)

select
    cast(upper.bits * 128 + lower.bits as integer) as bits,
    list_concat(lower.first_codes, upper.second_codes) as low_codes,
    list_concat(lower.third_codes, upper.fourth_codes) as high_codes
from places as lower
cross join places as upper
where upper.bits < 64;

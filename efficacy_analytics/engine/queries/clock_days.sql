-- clock_days: the calendars as look-up tables, in which each day and each working day has one dense whole-number key
-- from:   calendar
-- param:  flag_codes VARCHAR  the codes of flags in the order of their bits, with commas between
--
-- Before and after the days of each calendar stands a row of nulls, so that a look-up clamps its day between the two
-- and is an inner join on an integer; key 0 is the row of nulls for a calendar that is not there.
create or replace temp table clock_calendars as
with spans as (
    select
        calendar_number,
        min(day) - 1 as before_on,
        max(day) + 1 as after_on,
        max(working_days_to) as working_day_count,
        2 + count(*) as key_count
    from calendar
    group by calendar_number
)

select
    calendar_number,
    before_on,
    after_on,
    cast(1 + coalesce(sum(key_count) over earlier, 0) as integer) as before_key,
    cast(1 + working_day_count as integer) as after_reading,
    cast(1 + coalesce(sum(2 + working_day_count) over earlier, 0) as integer) as before_working_key
from spans
window earlier as (order by calendar_number rows between unbounded preceding and 1 preceding);

create or replace temp table clock_days as
with edges as (
    select 0 as day_key
    union all
    select before_key from clock_calendars
    union all
    select before_key + (after_on - before_on) from clock_calendars
)

select
    cast(day_key as integer) as day_key,
    cast(null as integer) as working_days_to,
    cast(null as integer) as calendar_days_to,
    cast(null as date) as next_working_on
from edges
union all
select
    cast(before_key + (day - before_on) as integer),
    cast(working_days_to as integer),
    cast(calendar_days_to as integer),
    min(if(is_working_day, day, null)) over (
        partition by calendar_number order by day rows between current row and unbounded following
    )
from calendar
inner join clock_calendars using (calendar_number)
order by day_key;

create or replace temp table clock_working_days as
with edges as (
    select 0 as working_key
    union all
    select before_working_key from clock_calendars
    union all
    select before_working_key + after_reading from clock_calendars
)

select cast(working_key as integer) as working_key, cast(null as date) as day
from edges
union all
select cast(before_working_key + working_days_to as integer), day
from calendar
inner join clock_calendars using (calendar_number)
where is_working_day
order by working_key;

create or replace temp macro clock_day_key(day, before_on, after_on, before_key) as
    cast(coalesce(before_key + (greatest(before_on, least(day, after_on)) - before_on), 0) as integer);

create or replace temp macro clock_working_key(reading, after_reading, before_working_key) as
    cast(coalesce(before_working_key + greatest(0, least(reading, after_reading)), 0) as integer);

create or replace temp table clock_flag_lists as
with codes as (select string_split($flag_codes, ',') as codes),

halves as (
    select range as bits, codes[:10] as low_codes, codes[11:] as high_codes
    from range(1024), codes
)

select
    cast(bits as integer) as bits,
    list_filter(low_codes, lambda code, place: (bits >> (place - 1)) & 1 = 1) as low_codes,
    list_filter(high_codes, lambda code, place: (bits >> (place - 1)) & 1 = 1) as high_codes
from halves
order by bits;

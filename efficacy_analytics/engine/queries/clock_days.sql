-- clock_days: the calendars as look-up tables, in which each day and each working day has one dense whole-number key
-- from:   calendar
-- param:  flag_codes VARCHAR  the codes of flags in the order of their bits, with commas between
--
-- Key 0 is a row of nulls for "no such day", so that every look-up is an inner join on an integer.
create or replace temp table clock_calendars as
with spans as (
    select
        calendar_number,
        min(day) as first_on,
        max(day) as last_on,
        count(*) as day_count,
        max(working_days_to) as working_day_count
    from calendar
    group by calendar_number
)

select
    calendar_number,
    first_on,
    last_on,
    working_day_count,
    cast(1 + coalesce(sum(day_count) over earlier, 0) as integer) as first_day_key,
    cast(coalesce(sum(working_day_count) over earlier, 0) as integer) as working_key_before
from spans
window earlier as (order by calendar_number rows between unbounded preceding and 1 preceding);

create or replace temp table clock_days as
select
    cast(0 as integer) as day_key,
    cast(null as integer) as working_days_to,
    cast(null as integer) as calendar_days_to,
    cast(null as date) as next_working_on
union all
select
    cast(first_day_key + (day - first_on) as integer),
    cast(working_days_to as integer),
    cast(calendar_days_to as integer),
    min(if(is_working_day, day, null)) over (
        partition by calendar_number order by day rows between current row and unbounded following
    )
from calendar
inner join clock_calendars using (calendar_number)
order by day_key;

create or replace temp table clock_working_days as
select cast(0 as integer) as working_key, cast(null as date) as day
union all
select cast(working_key_before + working_days_to as integer), day
from calendar
inner join clock_calendars using (calendar_number)
where is_working_day
order by working_key;

create or replace temp macro clock_day_key(day, first_on, last_on, first_day_key) as
    cast(if(day between first_on and last_on, first_day_key + (day - first_on), 0) as integer);

create or replace temp macro clock_working_key(reading, working_day_count, working_key_before) as
    cast(if(reading between 1 and working_day_count, working_key_before + reading, 0) as integer);

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

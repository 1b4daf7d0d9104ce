-- build_readings: what a stamp reads on each clock: a join with its day, and additions
-- from:   calendar
--
-- Readings are kept in microseconds, so that no division is made per event before the lengths are known.
create or replace temp table day_readings as
select
    calendar_day,
    epoch_us(day) as starts_us,
    open_seconds_before * 1000000 as open_before_us,
    cast(opens_1_seconds as bigint) * 1000000 as opens_1_us,
    cast(closes_1_seconds as bigint) * 1000000 as closes_1_us,
    cast(opens_2_seconds as bigint) * 1000000 as opens_2_us,
    cast(closes_2_seconds as bigint) * 1000000 as closes_2_us,
    cast(opens_3_seconds as bigint) * 1000000 as opens_3_us,
    cast(closes_3_seconds as bigint) * 1000000 as closes_3_us,
    working_days_to,
    calendar_days_to
from calendar;

create or replace macro later(moment, seconds) as
    moment + to_microseconds(cast(round(seconds * 1000000) as bigint));

create or replace temp macro calendar_day(number, moment) as
    cast(number * 100000 + epoch_us(moment) // 86400000000 as integer);

create or replace temp macro open_reading(moment, day) as
    day.open_before_us
    + greatest(0, least(epoch_us(moment) - day.starts_us, day.closes_1_us) - day.opens_1_us)
    + greatest(0, least(epoch_us(moment) - day.starts_us, day.closes_2_us) - day.opens_2_us)
    + greatest(0, least(epoch_us(moment) - day.starts_us, day.closes_3_us) - day.opens_3_us);

create or replace temp macro counted_reading(days_to, stops) as
    case
        when stops is null then days_to
        else cast(days_to - list_sum(list_transform(
            stops, lambda stop: least(days_to, stop.days_until) - least(days_to, stop.days_from)
        )) as integer)
    end;

-- build_readings_whole: what a stamp reads on each clock, where all stamps are whole seconds: integers throughout
-- from:   nothing
create or replace macro seconds_between(from_at, until_at) as
    (epoch_us(until_at) - epoch_us(from_at)) // 1000000;

create or replace temp macro seconds_of_day(moment) as
    cast((epoch_us(moment) // 1000000) % 86400 as integer);

create or replace macro later(moment, seconds) as
    moment + to_microseconds(cast(round(seconds * 1000000) as bigint));

create or replace temp macro calendar_day(number, moment) as
    cast(number * 100000 + epoch_us(moment) // 86400000000 as integer);

create or replace temp macro open_reading(moment, day) as
    day.open_seconds_before
    + greatest(0, least(seconds_of_day(moment), day.closes_1_seconds) - day.opens_1_seconds)
    + greatest(0, least(seconds_of_day(moment), day.closes_2_seconds) - day.opens_2_seconds)
    + greatest(0, least(seconds_of_day(moment), day.closes_3_seconds) - day.opens_3_seconds);

create or replace temp macro counted_reading(days_to, stops) as
    cast(days_to - coalesce(
        list_sum(list_transform(
            stops, lambda stop: least(days_to, stop.days_until) - least(days_to, stop.days_from)
        )), 0) as integer);

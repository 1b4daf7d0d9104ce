-- build_readings: what a stamp reads on each clock: the look-up of a slot of its day, and one addition
-- from:   calendar
--
-- A slot is the longest stretch of an hour or less that never holds parts of two stretches of office hours. Every
-- calendar has the same slots, one before the first day and one after the last included, so that each stamp finds
-- one; where the calendar does not reach it reads nothing. Readings are kept in microseconds.
create or replace temp table open_stretches as
select
    calendar_number,
    day,
    place,
    cast([opens_1_seconds, opens_2_seconds, opens_3_seconds][place] as bigint) * 1000000 as opens_us,
    cast([closes_1_seconds, closes_2_seconds, closes_3_seconds][place] as bigint) * 1000000 as closes_us
from calendar
cross join range(1, 4) as places (place)
where [closes_1_seconds, closes_2_seconds, closes_3_seconds][place] > 0;

set variable slot_us = (
    select max(lengths.us)
    from unnest([3600000000, 1800000000, 900000000, 600000000, 300000000, 60000000]) as lengths (us)
    where not exists (
        select 1
        from open_stretches as earlier
        inner join open_stretches as later
            on later.calendar_number = earlier.calendar_number
            and later.day = earlier.day
            and later.place = earlier.place + 1
        where (earlier.closes_us - 1) // lengths.us = later.opens_us // lengths.us
    )
);

set variable first_us = (select epoch_us(min(day)) - getvariable('slot_us') from calendar);

set variable slot_count = (
    select (epoch_us(max(day) + 1) - getvariable('first_us')) // getvariable('slot_us') + 1 from calendar
);

create or replace temp macro reaches_into_slot(opens_us, closes_us, start_us) as
    closes_us > start_us and opens_us < start_us + getvariable('slot_us');

create or replace temp table slot_readings as
with slots as (
    select
        calendar_number,
        number,
        getvariable('first_us') + number * getvariable('slot_us') as start_us
    from (select distinct calendar_number from calendar)
    cross join range(getvariable('slot_count')) as numbers (number)
),

placed as (
    select
        calendar_number,
        number,
        cast(make_timestamp(start_us) as date) as day,
        start_us - epoch_us(cast(make_timestamp(start_us) as date)) as start_us
    from slots
),

days as (
    select
        calendar_number,
        day,
        open_seconds_before * 1000000 as open_before_us,
        working_days_to,
        calendar_days_to,
        cast(opens_1_seconds as bigint) * 1000000 as opens_1_us,
        cast(closes_1_seconds as bigint) * 1000000 as closes_1_us,
        cast(opens_2_seconds as bigint) * 1000000 as opens_2_us,
        cast(closes_2_seconds as bigint) * 1000000 as closes_2_us,
        cast(opens_3_seconds as bigint) * 1000000 as opens_3_us,
        cast(closes_3_seconds as bigint) * 1000000 as closes_3_us
    from calendar
)

select
    cast((calendar_number - 1) * getvariable('slot_count') + number as integer) as slot,
    open_before_us
    + greatest(0, least(closes_1_us, start_us) - opens_1_us)
    + greatest(0, least(closes_2_us, start_us) - opens_2_us)
    + greatest(0, least(closes_3_us, start_us) - opens_3_us) as open_before_us,
    case
        when reaches_into_slot(opens_1_us, closes_1_us, start_us) then greatest(0, opens_1_us - start_us)
        when reaches_into_slot(opens_2_us, closes_2_us, start_us) then greatest(0, opens_2_us - start_us)
        when reaches_into_slot(opens_3_us, closes_3_us, start_us) then greatest(0, opens_3_us - start_us)
        else 0
    end as opens_us,
    case
        when reaches_into_slot(opens_1_us, closes_1_us, start_us) then closes_1_us - start_us
        when reaches_into_slot(opens_2_us, closes_2_us, start_us) then closes_2_us - start_us
        when reaches_into_slot(opens_3_us, closes_3_us, start_us) then closes_3_us - start_us
        else 0
    end as closes_us,
    working_days_to,
    calendar_days_to
from placed
left join days using (calendar_number, day)
order by slot;

create or replace macro later(moment, seconds) as
    moment + to_microseconds(cast(round(seconds * 1000000) as bigint));

create or replace temp macro since_first_us(moment) as epoch_us(moment) - getvariable('first_us');

create or replace temp macro slot_of(calendar_number, moment) as
    cast(
        (calendar_number - 1) * getvariable('slot_count')
        + greatest(0, least(getvariable('slot_count') - 1, since_first_us(moment) // getvariable('slot_us')))
        as integer
    );

create or replace temp macro open_reading(moment, slot) as
    slot.open_before_us
    + greatest(0, least(since_first_us(moment) % getvariable('slot_us'), slot.closes_us) - slot.opens_us);

create or replace temp macro taken_out(days_to, days_from, days_until) as
    least(days_to, days_until) - least(days_to, days_from);

create or replace temp macro counted_reading(days_to, counting) as
    cast(
        days_to
        - taken_out(days_to, counting.days_from, counting.days_until)
        - if(
            counting.further_stops is null,
            0,
            list_sum(list_transform(
                counting.further_stops, lambda stop: taken_out(days_to, stop.days_from, stop.days_until)
            ))
        ) as integer
    );

-- waiting_days: the calendar each desk keeps, with the zone its days are counted in
-- from:   waiting_desks, waiting_deliveries, calendar, resource_calendars, resource_calendar_days
--
-- Hours given for the resource win over those for its department (the one it works for most), and these over the
-- delivery's own.
create or replace temp table waiting_hours as
with given as (
    select
        desks.desk,
        coalesce(own.own_number, departments.own_number, desks.calendar_number) as hours_number,
        deliveries.time_zone
    from waiting_desks as desks
    inner join waiting_deliveries as deliveries using (calendar_number)
    left join resource_calendars as own
        on own.calendar_number = desks.calendar_number and own.kind = 'resource' and own.name = desks.resource
    left join resource_calendars as departments
        on departments.calendar_number = desks.calendar_number
        and departments.kind = 'department'
        and departments.name = desks.department
)

select desk, hours_number, time_zone
from given
order by desk;

create or replace temp table waiting_days as
with days as (
    select * exclude (calendar) from calendar
    union all by name
    select * from resource_calendar_days
)

select
    cast(calendar_number as bigint) * 100000 + (day - date '1970-01-01') as day_key,
    epoch_us(day) as starts_us,
    open_seconds_before * 1000000 as open_before_us,
    cast(opens_1_seconds as bigint) * 1000000 as opens_1_us,
    cast(closes_1_seconds as bigint) * 1000000 as closes_1_us,
    cast(opens_2_seconds as bigint) * 1000000 as opens_2_us,
    cast(closes_2_seconds as bigint) * 1000000 as closes_2_us,
    cast(opens_3_seconds as bigint) * 1000000 as opens_3_us,
    cast(closes_3_seconds as bigint) * 1000000 as closes_3_us
from days;

create or replace temp macro waiting_local_us(at_us, time_zone) as
    epoch_us(timezone(time_zone, timestamptz '1970-01-01 00:00:00+00' + to_microseconds(at_us)));

create or replace temp macro waiting_open_us(local_us, day) as
    day.open_before_us
    + greatest(0, least(local_us - day.starts_us, day.closes_1_us) - day.opens_1_us)
    + greatest(0, least(local_us - day.starts_us, day.closes_2_us) - day.opens_2_us)
    + greatest(0, least(local_us - day.starts_us, day.closes_3_us) - day.opens_3_us);

create or replace temp macro waiting_busy_us(segment, at_us) as
    segment.busy_before_us + if(segment.earliest_enabled_us is null, 0, at_us - segment.at_us);

create or replace temp macro waiting_busy_open_us(segment, at_us, open_us) as
    segment.busy_open_before_us
    + if(segment.earliest_enabled_us is null, 0, coalesce(open_us - segment.open_us, at_us - segment.at_us));

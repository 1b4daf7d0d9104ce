-- waiting_discovered: the weekly hours of each desk as its own work shows them, in place of those given
-- from:   waiting_instances, waiting_desks, waiting_hours, waiting_days, calendar
-- param:  least_share DOUBLE      of the days of that weekday, between its first and last day, an hour must be worked on
-- param:  fewest_moments BIGINT   starts and completions; a desk with fewer keeps the hours given
--
-- A weekday is open from the first to the last hour that is worked often enough. Public holidays are closed; a weekend
-- day worked in exchange for one keeps Monday's hours.
create or replace temp table waiting_patterns as
with moments as (
    select desk, start_us as at_us
    from waiting_instances
    where desk >= 0
    union all
    select desk, end_us
    from waiting_instances
    where desk >= 0
),

placed as (
    select
        moments.desk,
        waiting_local_us(moments.at_us, hours.time_zone) // 86400000000 as day,
        waiting_local_us(moments.at_us, hours.time_zone) // 3600000000 % 24 as hour
    from moments
    inner join waiting_hours as hours using (desk)
),

spans as (
    select desk, min(day) as first_day, max(day) as last_day
    from placed
    group by desk
    having count(*) >= cast($fewest_moments as bigint)
),

slots as (
    select desk, (day + 3) % 7 as weekday, hour, count(distinct day) as worked_count
    from placed
    group by all
)

select
    slots.desk,
    slots.weekday,
    cast(min(slots.hour) * 3600 as bigint) as opens_seconds,
    cast((max(slots.hour) + 1) * 3600 as bigint) as closes_seconds
from slots
inner join spans using (desk)
where slots.worked_count >= cast($least_share as double)
    * ((spans.last_day - slots.weekday + 3) // 7 - (spans.first_day - 1 - slots.weekday + 3) // 7)
group by slots.desk, slots.weekday
order by slots.desk, slots.weekday;

insert into waiting_days
with dated as (
    select
        desks.desk,
        calendar.day,
        if(calendar.is_working_day and isodow(calendar.day) > 5, 0, isodow(calendar.day) - 1) as weekday,
        calendar.why like 'holiday%' as is_holiday
    from (select distinct desk from waiting_patterns) as desks
    inner join waiting_desks using (desk)
    inner join calendar using (calendar_number)
),

opened as (
    select
        dated.desk,
        dated.day,
        if(dated.is_holiday, 0, coalesce(patterns.opens_seconds, 0)) * 1000000 as opens_us,
        if(dated.is_holiday, 0, coalesce(patterns.closes_seconds, 0)) * 1000000 as closes_us
    from dated
    left join waiting_patterns as patterns using (desk, weekday)
)

select
    cast(10000 + desk as bigint) * 100000 + (day - date '1970-01-01'),
    epoch_us(day),
    cast(sum(closes_us - opens_us) over (partition by desk order by day) - (closes_us - opens_us) as bigint),
    opens_us,
    closes_us,
    0,
    0,
    0,
    0
from opened;

update waiting_hours
set hours_number = 10000 + desk
where desk in (select desk from waiting_patterns);

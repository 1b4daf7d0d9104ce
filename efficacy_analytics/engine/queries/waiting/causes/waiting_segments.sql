-- waiting_segments: each desk's time cut wherever an instance starts or ends, and whose turn each stretch of work was
-- from:   waiting_work, waiting_batches, waiting_hours, waiting_days
--
-- A stretch on which nobody works has no `earliest_enabled_us`; that column else says when the instance that was enabled first
-- among those worked on was. `busy_before_us` and `busy_open_before_us` add up the desk's work so far, by all time
-- and in its hours. The first stretch of each desk begins long before any work.
create or replace temp table waiting_segments as
with moments as (
    select desk, start_us as at_us
    from waiting_work
    where desk >= 0 and start_us < end_us
    union
    select desk, end_us
    from waiting_work
    where desk >= 0 and start_us < end_us
    union
    select desk, -9000000000000000
    from waiting_work
)

select
    row_number() over (order by desk, at_us) as segment,
    desk,
    at_us,
    lead(at_us) over (partition by desk order by at_us) as until_us
from moments;

create or replace temp table waiting_covered as
select
    work.instance,
    work.enabled_us,
    batches.batch,
    opening.segment as first_segment,
    closing.segment as last_segment
from waiting_work as work
inner join waiting_segments as opening on opening.desk = work.desk and opening.at_us = work.start_us
inner join waiting_segments as closing on closing.desk = work.desk and closing.at_us = work.end_us
left join waiting_batches as batches on batches.instance = work.instance
where work.start_us < work.end_us;

create or replace temp table waiting_turns as
with spread as (
    select unnest(range(first_segment, last_segment)) as segment, enabled_us
    from waiting_covered
),

turns as (
    select segment, min(enabled_us) as earliest_enabled_us
    from spread
    group by segment
),

timed as (
    select
        segments.segment,
        segments.desk,
        segments.at_us,
        segments.until_us,
        turns.earliest_enabled_us,
        cast(hours.hours_number as bigint) * 100000 as calendar_key,
        waiting_local_us(segments.at_us, hours.time_zone) as local_us
    from waiting_segments as segments
    inner join waiting_hours as hours using (desk)
    left join turns using (segment)
),

read as (
    select
        timed.segment,
        timed.desk,
        timed.at_us,
        timed.until_us,
        timed.earliest_enabled_us,
        waiting_open_us(timed.local_us, days) as open_us
    from timed
    left join waiting_days as days on days.day_key = timed.calendar_key + timed.local_us // 86400000000
),

measured as (
    select
        *,
        if(earliest_enabled_us is null, 0, until_us - at_us) as busy_us,
        if(
            earliest_enabled_us is null,
            0,
            coalesce(lead(open_us) over (partition by desk order by segment) - open_us, until_us - at_us)
        ) as busy_open_us
    from read
)

select
    segment,
    desk,
    at_us,
    until_us,
    earliest_enabled_us,
    open_us,
    sum(busy_us) over so_far - busy_us as busy_before_us,
    sum(busy_open_us) over so_far - busy_open_us as busy_open_before_us
from measured
window so_far as (partition by desk order by segment);

drop table waiting_segments;

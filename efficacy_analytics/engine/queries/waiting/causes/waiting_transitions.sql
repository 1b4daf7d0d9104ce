-- waiting_transitions: every wait of one part of the desks, by cause, in microseconds
-- from:   waiting_waits, waiting_pieces, waiting_turns, waiting_batch_segments, waiting_hours, waiting_days
--
-- After clock stop, applicant and batching come the others at the desk: contention where one worked on was enabled
-- by the instance's turn, prioritisation where all were enabled later. While nobody works, the closed hours are
-- unavailability; what is left is extraneous.
create or replace temp table waiting_rests as
with opened as (
    select
        pieces.instance,
        waits.desk,
        waits.batch,
        waits.enabled_us,
        waits.turn_us,
        greatest(pieces.from_us, waits.turn_us) as from_us,
        pieces.until_us
    from waiting_pieces as pieces
    inner join waiting_waits as waits using (instance)
    where pieces.until_us > waits.turn_us and not waits.is_for_applicant
),

located as (
    select
        opened.*,
        cast(hours.hours_number as bigint) * 100000 as calendar_key,
        waiting_local_us(opened.from_us, hours.time_zone) as from_local_us,
        waiting_local_us(opened.until_us, hours.time_zone) as until_local_us
    from opened
    inner join waiting_hours as hours using (desk)
),

read as (
    select
        located.instance,
        located.batch,
        located.enabled_us,
        located.turn_us,
        located.from_us,
        located.until_us,
        opening.segment as first_segment,
        closing.segment as last_segment,
        opening as from_segment,
        closing as until_segment,
        waiting_open_us(located.from_local_us, from_day) as from_open_us,
        waiting_open_us(located.until_local_us, until_day) as until_open_us
    from located
    asof inner join waiting_turns as opening on opening.desk = located.desk and opening.at_us <= located.from_us
    asof inner join waiting_turns as closing on closing.desk = located.desk and closing.at_us <= located.until_us
    left join waiting_days as from_day
        on from_day.day_key = located.calendar_key + located.from_local_us // 86400000000
    left join waiting_days as until_day
        on until_day.day_key = located.calendar_key + located.until_local_us // 86400000000
)

select
    row_number() over () as rest,
    instance,
    batch,
    enabled_us,
    turn_us,
    from_us,
    until_us,
    first_segment,
    last_segment,
    waiting_busy_us(until_segment, until_us) - waiting_busy_us(from_segment, from_us) as busy_us,
    waiting_busy_open_us(until_segment, until_us, until_open_us)
    - waiting_busy_open_us(from_segment, from_us, from_open_us) as busy_open_us,
    coalesce(until_open_us - from_open_us, until_us - from_us) as open_us
from read;

create or replace temp table waiting_overtaken as
with spread as (
    select
        rest,
        batch,
        enabled_us,
        turn_us,
        from_us,
        until_us,
        unnest(range(first_segment, last_segment + 1)) as segment
    from waiting_rests
    where busy_us > 0
)

select
    spread.rest,
    sum(least(turns.until_us, spread.until_us) - greatest(turns.at_us, spread.from_us)) as prioritisation_us
from spread
inner join waiting_turns as turns on turns.segment = spread.segment
left join waiting_batch_segments as own on own.batch = spread.batch and own.segment = spread.segment
where turns.at_us < spread.until_us
  and if(
      own.segment is null,
      turns.earliest_enabled_us > spread.turn_us,
      own.earliest_enabled_us > spread.enabled_us
  )
group by spread.rest;

insert into waiting_transition
with divided as (
    select
        rests.instance,
        rests.until_us - rests.from_us as rest_us,
        rests.until_us - rests.from_us - rests.busy_us as idle_us,
        coalesce(overtaken.prioritisation_us, 0) as prioritisation_us,
        rests.until_us - rests.from_us - rests.open_us - rests.busy_us + rests.busy_open_us as closed_us
    from waiting_rests as rests
    left join waiting_overtaken as overtaken using (rest)
),

rested as (
    select
        instance,
        sum(rest_us) as rest_us,
        sum(rest_us - idle_us - prioritisation_us) as contention_us,
        sum(prioritisation_us) as prioritisation_us,
        sum(greatest(0, least(idle_us, closed_us))) as unavailability_us,
        sum(idle_us) as idle_us
    from divided
    group by instance
),

running as (
    select instance, sum(until_us - from_us) as running_us
    from waiting_pieces
    group by instance
)

select
    waits.instance,
    waits.start_us - waits.enabled_us,
    waits.start_us - waits.enabled_us - coalesce(running.running_us, 0),
    if(waits.is_for_applicant, coalesce(running.running_us, 0), 0),
    if(waits.is_for_applicant, 0, coalesce(running.running_us, 0)) - coalesce(rested.rest_us, 0),
    coalesce(rested.contention_us, 0),
    coalesce(rested.prioritisation_us, 0),
    coalesce(rested.unavailability_us, 0),
    coalesce(rested.idle_us - rested.unavailability_us, 0)
from waiting_waits as waits
left join running using (instance)
left join rested using (instance);

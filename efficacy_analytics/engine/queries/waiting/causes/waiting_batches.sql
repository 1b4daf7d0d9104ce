-- waiting_batches: the batches, and which instance belongs to which
-- from:   waiting_runs, waiting_reach, waiting_free, waiting_timed, waiting_hours, waiting_days
-- param:  batch_size_min BIGINT    fewer instances are no batch
-- param:  batched_share DOUBLE     of an activity's instances at a desk are at least handled so, else chance made them
--
-- From the first instance of a run a session goes on until one starts more than a pause after all of it ended, or was
-- enabled only after its first started; there the next begins. `barred_until` is the first place of a session that an
-- instance can be in. A session is a batch, and no queue that is worked off, where its files were passed over: once
-- enough of them lay there the desk was free for longer than two pauses, or began something of another activity that
-- was enabled later, or it comes from another activity and takes two others before the file that was there first. And
-- it takes up at least half of what lies there of the activity, and half of what the desk began of it since enough lay there.
create or replace temp table waiting_sessions as
with recursive moments as (
    select run, start_us, max(place) as last_place
    from waiting_runs
    group by run, start_us
),

barred as (
    select runs.run, coalesce(moments.last_place, 0) + 1 as barred_until, min(runs.place) as place
    from waiting_runs as runs
    asof left join moments on moments.run = runs.run and moments.start_us < runs.enabled_us
    group by 1, 2
),

jumps as (
    select
        runs.run,
        runs.place,
        runs.run_length,
        least(
            greatest(reach.reach, runs.place) + 1,
            coalesce(
                min(barred.place) over (
                    partition by runs.run order by runs.place desc rows between unbounded preceding and 1 preceding
                ),
                runs.run_length + 1
            )
        ) as next_place
    from waiting_runs as runs
    inner join waiting_reach as reach on reach.run = runs.run and reach.place = runs.place
    left join barred on barred.run = runs.run and barred.barred_until = runs.place
),

begun as (
    select run, place, next_place
    from jumps
    where place = 1
    union all
    select jumps.run, jumps.place, jumps.next_place
    from begun
    inner join jumps on jumps.run = begun.run and jumps.place = begun.next_place
),

batched as (
    select run, place, next_place
    from begun
    where next_place - place >= cast($batch_size_min as bigint)
)

select
    runs.run,
    runs.desk,
    runs.activity,
    runs.instance,
    runs.enabled_us,
    runs.start_us,
    batched.place as first_place
from waiting_runs as runs
asof inner join batched on batched.run = runs.run and batched.place <= runs.place
where runs.place < batched.next_place;

create or replace temp table waiting_passed_over as
with held as (
    select
        run,
        first_place,
        any_value(desk) as desk,
        any_value(activity) as activity,
        count(*) as member_count,
        min(start_us) as start_us,
        list_sort(list(enabled_us))[cast($batch_size_min as bigint)] as enough_us,
        list_position(list(enabled_us order by start_us, enabled_us), min(enabled_us)) > 2 as begins_with_others
    from waiting_sessions
    group by run, first_place
),

begun as (
    select
        desk,
        activity,
        start_us,
        max(enabled_us) over so_far as latest_enabled_us,
        count(*) over so_far as begun_count
    from waiting_timed
    window so_far as (partition by desk, activity order by start_us)
),

arrived as (
    select
        desk,
        activity,
        enabled_us,
        count(*) over (partition by desk, activity order by enabled_us) as arrived_count
    from waiting_timed
),

begun_before as (
    select held.*, coalesce(begun.begun_count, 0) as before_count
    from held
    asof left join begun
        on begun.desk = held.desk and begun.activity = held.activity and begun.start_us < held.start_us
),

taken_up as (
    select begun_before.*
    from begun_before
    asof inner join arrived
        on arrived.desk = begun_before.desk
        and arrived.activity = begun_before.activity
        and arrived.enabled_us <= begun_before.start_us
    where arrived.arrived_count - before_count <= 2 * member_count
),

sessions as (
    select taken_up.*
    from taken_up
    asof left join begun
        on begun.desk = taken_up.desk
        and begun.activity = taken_up.activity
        and begun.start_us < taken_up.enough_us
    where before_count - coalesce(begun.begun_count, 0) <= member_count
),

freed as (
    select
        sessions.run,
        sessions.first_place,
        free.until_open_us,
        free.pause_us,
        free.from_us >= sessions.enough_us as is_wholly_later,
        cast(hours.hours_number as bigint) * 100000 as calendar_key,
        waiting_local_us(sessions.enough_us, hours.time_zone) as enough_local_us
    from sessions
    inner join waiting_hours as hours using (desk)
    asof inner join waiting_free as free
        on free.desk = sessions.desk and free.activity = sessions.activity and free.until_us <= sessions.start_us
    where free.until_us > sessions.enough_us
),

kinds as (
    select distinct desk, activity
    from waiting_timed
),

latest as (
    select desk, start_us, max_by(activity, (start_us, end_us, instance)) as activity
    from waiting_timed
    group by desk, start_us
),

passed as (
    select sessions.run, sessions.first_place
    from (
        select sessions.*, kinds.activity as other_activity
        from sessions
        inner join kinds on kinds.desk = sessions.desk and kinds.activity <> sessions.activity
    ) as sessions
    asof inner join begun
        on begun.desk = sessions.desk
        and begun.activity = sessions.other_activity
        and begun.start_us < sessions.start_us
    where begun.latest_enabled_us > sessions.enough_us
)

select run, first_place
from freed
left join waiting_days as day on day.day_key = calendar_key + enough_local_us // 86400000000
where is_wholly_later or until_open_us - coalesce(waiting_open_us(enough_local_us, day), until_open_us) > 2 * pause_us
union
select run, first_place
from passed
union
select sessions.run, sessions.first_place
from sessions
asof inner join latest on latest.desk = sessions.desk and latest.start_us < sessions.start_us
where sessions.begins_with_others and latest.activity <> sessions.activity;

create or replace temp table waiting_habits as
with kept as (
    select desk, activity, count(*) as batched_count
    from waiting_sessions
    semi join waiting_passed_over using (run, first_place)
    group by desk, activity
)

select kept.desk, kept.activity
from kept
inner join (select desk, activity, count(*) as instance_count from waiting_timed group by desk, activity) as counted
    on counted.desk = kept.desk and counted.activity = kept.activity
where kept.batched_count >= cast($batched_share as double) * counted.instance_count;

create or replace temp table waiting_batches as
select
    instance,
    first_value(instance) over in_batch as batch,
    max(enabled_us) over in_batch as batch_enabled_us
from waiting_sessions
semi join waiting_passed_over using (run, first_place)
semi join waiting_habits using (desk, activity)
window in_batch as (
    partition by run, first_place order by start_us, instance
    rows between unbounded preceding and unbounded following
);

drop table waiting_sessions;
drop table waiting_passed_over;
drop table waiting_habits;
drop table waiting_timed;
drop table waiting_free;
drop table waiting_runs;
drop table waiting_reach;

-- waiting_sessions: where instances of one activity can follow in one session, and when their desk was free
-- from:   waiting_work, waiting_hours, waiting_days
-- param:  longest_pause_seconds BIGINT   a pause in the desk's hours that a session outlasts
-- param:  pause_of_service DOUBLE        or this share of the median service of the activity at the desk, if that is longer
--
-- A run is cut wherever a batch must begin anew, whatever the batch before: the instance was enabled only after the one
-- before it started, or starts more than a pause after all before it ended. Runs of one hold no batch. A pause is
-- counted in the desk's hours, so that noon and night do not end a session; outside the calendar in all time.
create or replace temp table waiting_timed as
with located as (
    select
        work.instance,
        work.desk,
        work.activity,
        work.enabled_us,
        work.start_us,
        work.end_us,
        cast(hours.hours_number as bigint) * 100000 as calendar_key,
        waiting_local_us(work.start_us, hours.time_zone) as start_local_us,
        waiting_local_us(work.end_us, hours.time_zone) as end_local_us
    from waiting_work as work
    inner join waiting_hours as hours using (desk)
    where work.desk >= 0
),

read as (
    select
        located.*,
        waiting_open_us(start_local_us, start_day) as start_open_us,
        waiting_open_us(end_local_us, end_day) as end_open_us
    from located
    left join waiting_days as start_day on start_day.day_key = calendar_key + start_local_us // 86400000000
    left join waiting_days as end_day on end_day.day_key = calendar_key + end_local_us // 86400000000
)

select
    instance,
    desk,
    activity,
    enabled_us,
    start_us,
    end_us,
    start_open_us is not null and end_open_us is not null as is_in_calendar,
    if(is_in_calendar, start_open_us, start_us) as start_open_us,
    if(is_in_calendar, end_open_us, end_us) as end_open_us,
    greatest(
        cast($longest_pause_seconds as bigint) * 1000000,
        cast(cast($pause_of_service as double) * median(end_us - start_us) over (partition by desk, activity) as bigint)
    ) as pause_us
from read;

create or replace temp table waiting_runs as
with compared as (
    select
        *,
        coalesce(
            enabled_us > lag(start_us) over in_order
            or start_open_us > max(end_open_us + pause_us)
                over (in_order rows between unbounded preceding and 1 preceding),
            true
        ) as begins
    from waiting_timed
    window in_order as (partition by desk, activity, is_in_calendar order by start_us, end_us, instance)
),

numbered as (
    select
        *,
        sum(cast(begins as bigint)) over (order by desk, activity, is_in_calendar, start_us, end_us, instance) as run
    from compared
),

placed as (
    select
        run,
        row_number() over (partition by run order by start_us, end_us, instance) as place,
        count(*) over (partition by run) as run_length,
        instance,
        desk,
        activity,
        enabled_us,
        start_us,
        start_open_us,
        end_open_us + pause_us as until_open_us
    from numbered
)

select *
from placed
where run_length > 1;

create or replace temp table waiting_reach as
with moments as (
    select run, start_open_us, max(place) as last_place
    from waiting_runs
    group by run, start_open_us
)

select
    runs.run,
    runs.place,
    moments.last_place as reach
from waiting_runs as runs
asof inner join moments on moments.run = runs.run and moments.start_open_us <= runs.until_open_us;

create or replace temp table waiting_free as
with idle as (
    select
        desk,
        start_us as until_us,
        start_open_us as until_open_us,
        is_in_calendar,
        max(end_us) over earlier as from_us,
        max(end_open_us) over earlier as from_open_us
    from waiting_timed
    window earlier as (
        partition by desk, is_in_calendar order by start_us, end_us, instance rows between unbounded preceding and 1 preceding
    )
),

kinds as (
    select distinct desk, activity, pause_us
    from waiting_timed
)

select
    kinds.desk,
    kinds.activity,
    kinds.pause_us,
    idle.until_us,
    idle.until_open_us,
    coalesce(idle.from_us, -9000000000000000) as from_us,
    idle.from_open_us
from idle
inner join kinds using (desk)
where idle.is_in_calendar
  and (idle.from_us is null or idle.until_us > idle.from_us)
  and coalesce(idle.until_open_us - idle.from_open_us > 2 * kinds.pause_us, true);

-- waiting_work: the work of one part of the desks, and where instances of one activity can follow back to back
-- from:   waiting_instances, waiting_desks
-- param:  part INTEGER
--
-- A run is cut wherever a batch must begin anew, whatever the batch before: the instance was enabled only after the one
-- before it started, or starts after all before it ended. Runs of one hold no batch.
create or replace temp table waiting_work as
select
    instances.instance,
    instances.case_key,
    instances.desk,
    instances.activity,
    instances.enabled_us,
    instances.start_us,
    instances.end_us,
    instances.is_transition
from waiting_instances as instances
inner join waiting_desks as desks using (desk)
where desks.part = cast($part as integer);

create or replace temp table waiting_runs as
with compared as (
    select
        desk,
        activity,
        instance,
        enabled_us,
        start_us,
        end_us,
        coalesce(
            enabled_us > lag(start_us) over in_order
            or start_us > max(end_us) over (in_order rows between unbounded preceding and 1 preceding),
            true
        ) as begins
    from waiting_work
    where desk >= 0
    window in_order as (partition by desk, activity order by start_us, end_us, instance)
),

numbered as (
    select
        *,
        sum(cast(begins as bigint)) over (order by desk, activity, start_us, end_us, instance) as run
    from compared
),

placed as (
    select
        run,
        row_number() over (partition by run order by start_us, end_us, instance) as place,
        count(*) over (partition by run) as run_length,
        instance,
        enabled_us,
        start_us,
        end_us
    from numbered
)

select *
from placed
where run_length > 1;

create or replace temp table waiting_reach as
with moments as (
    select run, start_us, max(place) as last_place
    from waiting_runs
    group by run, start_us
)

select
    runs.run,
    runs.place,
    moments.last_place as reach
from waiting_runs as runs
asof inner join moments on moments.run = runs.run and moments.start_us <= runs.end_us;

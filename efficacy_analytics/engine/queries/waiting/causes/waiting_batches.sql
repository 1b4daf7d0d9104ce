-- waiting_batches: the batches, and which instance belongs to which
-- from:   waiting_runs, waiting_reach
-- param:  batch_size_min BIGINT    fewer instances are no batch
--
-- From the first instance of a run a batch goes on until one starts after all of it ended, or was enabled only after
-- its first started; there the next begins. `barred_until` is the first place of a batch that an instance can be in.
create or replace temp table waiting_batches as
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
    runs.instance,
    first_value(runs.instance) over in_batch as batch,
    max(runs.enabled_us) over in_batch as batch_enabled_us,
    min(runs.start_us) over in_batch as batch_start_us
from waiting_runs as runs
asof inner join batched on batched.run = runs.run and batched.place <= runs.place
where runs.place < batched.next_place
window in_batch as (
    partition by runs.run, batched.place order by runs.place
    rows between unbounded preceding and unbounded following
);

drop table waiting_runs;
drop table waiting_reach;

-- waiting_batch_segments: the stretches on which only a batch's own instances are worked on, by whose turn it was
-- from:   waiting_covered, waiting_batches
--
-- Another instance worked on at the same time counts if it was enabled by when the batch was complete.
create or replace temp table waiting_batch_segments as
with own as (
    select covered.batch, unnest(range(first_segment, last_segment)) as segment, covered.enabled_us
    from waiting_covered as covered
    where covered.batch is not null
),

stretches as (
    select batch, segment, min(enabled_us) as earliest_enabled_us
    from own
    group by batch, segment
),

spans as (
    select
        stretches.batch,
        min(stretches.segment) as first_segment,
        max(stretches.segment) as last_segment,
        max(batches.batch_enabled_us) as batch_enabled_us
    from stretches
    inner join waiting_batches as batches on batches.instance = stretches.batch
    group by stretches.batch
),

shared as (
    select segment
    from (select unnest(range(first_segment, last_segment)) as segment, coalesce(batch, -instance) as work from waiting_covered)
    group by segment
    having min(work) <> max(work)
),

others as (
    select distinct stretches.batch, stretches.segment
    from shared
    inner join stretches using (segment)
    inner join spans using (batch)
    inner join (
        select unnest(range(first_segment, last_segment)) as segment, coalesce(batch, -instance) as work, enabled_us
        from waiting_covered
    ) as beside
        on beside.segment = shared.segment and beside.work <> stretches.batch
    where beside.enabled_us <= spans.batch_enabled_us
)

select stretches.batch, stretches.segment, stretches.earliest_enabled_us
from stretches
anti join others on others.batch = stretches.batch and others.segment = stretches.segment;

drop table waiting_covered;

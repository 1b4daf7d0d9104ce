-- spectrum_batches: the share of passages of each segment that end together with others
-- from:   spectrum_segment, spectrum_wait
-- param:  fewest_together INTEGER    fewer that end in the same minute are no batch
-- out:    position INTEGER, activity VARCHAR, next_activity VARCHAR, transition_count BIGINT, batch_share DOUBLE
-- Where every end lies on a full hour the log is too coarse to tell, and there is no share.
with minutes as (
    select
        position,
        count(*) as together_count,
        bool_and(until_us % 3600000000 = 0) as is_coarse
    from spectrum_wait
    group by position, until_us // 60000000
)

select
    segment.position,
    segment.activity,
    segment.next_activity,
    cast(coalesce(sum(together_count), 0) as bigint) as transition_count,
    if(
        bool_and(is_coarse),
        null,
        coalesce(sum(together_count) filter (where together_count >= cast($fewest_together as integer)), 0)
        / sum(together_count)
    ) as batch_share
from spectrum_segment as segment
left join minutes using (position)
group by segment.position, segment.activity, segment.next_activity
order by segment.position

-- bucket_overlaps: by how much events of a bucket overlap, as the snapshot keeps it
-- from:   overlap_lengths
select
    case_key,
    event_number,
    cast(overlap_elapsed as kept_seconds) as overlap_elapsed,
    cast(overlap_open as kept_seconds) as overlap_open,
    cast(overlap_counted as integer) as overlap_counted
from overlap_lengths
order by case_key, event_number

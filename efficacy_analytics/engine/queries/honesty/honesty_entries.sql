-- honesty_entries: per department, how many steps were keyed in late, many of them within an hour, or before they happened
-- from:   honesty_keyed
-- param:  bulk_entry_count INTEGER  so many late entries of a department within one hour of the clock are a bulk
-- out:    department VARCHAR, recorded_count BIGINT, late_count BIGINT, bulk_count BIGINT, early_count BIGINT
with hours as (
    select
        department,
        keyed_hour,
        count(*) as recorded_count,
        count(*) filter (where is_late_entry) as late_count,
        count(*) filter (where is_early_entry) as early_count
    from honesty_keyed
    group by department, keyed_hour
)

select
    department,
    cast(sum(recorded_count) as bigint) as recorded_count,
    cast(sum(late_count) as bigint) as late_count,
    cast(sum(if(late_count >= cast($bulk_entry_count as integer), late_count, 0)) as bigint) as bulk_count,
    cast(sum(early_count) as bigint) as early_count
from hours
group by department
order by department nulls last

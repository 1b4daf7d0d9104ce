-- finding_reach: from which day on the snapshot has cases, and up to which day it was known; stray early ones are passed
-- from:   cases, snapshot
-- out:    first_on DATE, as_on DATE
-- Stray is the first in a thousand, and of few cases the first one, or the first in a hundred, after which none comes for
-- a month.
with accepted as (
    select
        accepted_on,
        sum(count(*)) over (order by accepted_on) as count_so_far,
        sum(count(*)) over () as whole_count,
        lead(accepted_on) over (order by accepted_on) as next_on
    from cases
    where accepted_on is not null
    group by accepted_on
),

reached as (
    select
        min(accepted_on) filter (where count_so_far >= 0.001 * whole_count) as by_share_on,
        max(next_on) filter (
            where count_so_far <= greatest(1, 0.01 * whole_count) and next_on > accepted_on + 31
        ) as after_gap_on
    from accepted
)

select
    greatest(reached.by_share_on, coalesce(reached.after_gap_on, reached.by_share_on)) as first_on,
    snapshot.as_on
from reached
cross join snapshot
order by first_on

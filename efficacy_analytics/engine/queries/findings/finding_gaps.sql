-- finding_gaps: spans of days in which no case of the snapshot was accepted though many were to be expected
-- from:   cases
-- param:  first_on DATE           day from which on the snapshot has cases
-- param:  fewest_days INTEGER     spans no longer than this are none: closed days and slack weeks
-- param:  fewest_cases INTEGER    so many cases, at the pace of all other days, must be missing from a span
-- out:    gap_from DATE, gap_until DATE
with accepted as (
    select
        accepted_on,
        count(*) as case_count,
        lead(accepted_on) over (order by accepted_on) as next_on
    from cases
    where accepted_on >= cast($first_on as date)
    group by accepted_on
),

spans as (
    select
        accepted_on + 1 as gap_from,
        next_on as gap_until,
        next_on - accepted_on - 1 as gap_days
    from accepted
    where next_on - accepted_on - 1 > cast($fewest_days as integer)
),

pace as (
    select
        sum(case_count) as case_count,
        max(accepted_on) - min(accepted_on) + 1 - (select coalesce(sum(gap_days), 0) from spans) as day_count
    from accepted
)

select
    spans.gap_from,
    spans.gap_until
from spans
cross join pace
where spans.gap_days * pace.case_count >= cast($fewest_cases as integer) * pace.day_count
order by spans.gap_from

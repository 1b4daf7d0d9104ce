-- comparison_groups: like cases of each department, how many had come due and how many of those were late
-- from:   cohort_cases, snapshot
-- out:    department VARCHAR, item VARCHAR, kind VARCHAR, channel VARCHAR, season VARCHAR, limit_class VARCHAR
-- out:    has_stop VARCHAR, month VARCHAR, due_count BIGINT, late_count BIGINT, not_yet_due_count BIGINT
-- out:    without_limit_count BIGINT, apart_count BIGINT
-- A case is due when its last day lies before the day the snapshot is judged on. Withdrawn before its due date it is
-- left out, withdrawn after it it is late. Green-lane cases, refusals to accept and due ones without a verdict stand
-- apart.
with judged as (
    select
        department,
        item,
        kind,
        channel,
        'Q' || quarter(accepted_on) as season,
        limit_days || ' ' || limit_unit as limit_class,
        cast(coalesce(stopped_days, 0) > 0 as varchar) as has_stop,
        strftime(due_on, '%Y-%m') as month,
        verdict_class = 'green_lane'
        or (verdict_class = 'not_judged' and due_on is not null)
        or coalesce(status, '') = 'not_accepted'
        or (is_withdrawn and not coalesce(completed_on > due_on, false)) as is_apart,
        due_on is null as lacks_limit,
        due_on < (select as_on from snapshot) as is_due,
        coalesce(is_late, false) or (is_withdrawn and coalesce(completed_on > due_on, false)) as is_late
    from cohort_cases
)

select
    department,
    item,
    kind,
    channel,
    season,
    limit_class,
    has_stop,
    month,
    count(*) filter (where not is_apart and is_due) as due_count,
    count(*) filter (where not is_apart and is_due and is_late) as late_count,
    count(*) filter (where not is_apart and not is_due) as not_yet_due_count,
    count(*) filter (where not is_apart and lacks_limit) as without_limit_count,
    count(*) filter (where is_apart) as apart_count
from judged
group by all
order by all nulls last

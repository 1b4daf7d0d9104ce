-- comparison_cases: whether each case had come due and was late, and what work it is, as a temporary view
-- from:   cohort_cases, snapshot
-- out:    case_key BIGINT, department VARCHAR, item VARCHAR, kind VARCHAR, channel VARCHAR, season VARCHAR
-- out:    limit_class VARCHAR, has_stop VARCHAR, month VARCHAR, due_on DATE, is_apart BOOLEAN, lacks_limit BOOLEAN
-- out:    is_due BOOLEAN, is_late BOOLEAN
-- A case is due when its last day lies before the day the snapshot is judged on. Withdrawn before its due date it is
-- left out, withdrawn after it it is late. Green-lane cases, refusals to accept and due ones without a verdict stand
-- apart.
create or replace temp view comparison_case as
select
    case_key,
    due_on,
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

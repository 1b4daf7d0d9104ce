-- comparison_cases: whether each case had come due and was late, and what work it is, as a temporary view
-- from:   cohort_cases
-- out:    case_key BIGINT, department VARCHAR, item VARCHAR, kind VARCHAR, channel VARCHAR, season VARCHAR
-- out:    limit_class VARCHAR, has_stop VARCHAR, month VARCHAR, due_on DATE, is_apart BOOLEAN, lacks_limit BOOLEAN
-- out:    is_due BOOLEAN, is_late BOOLEAN, quarter_number BIGINT, is_stopped BOOLEAN, month_on DATE
-- out:    accepted_on DATE, limit_days INTEGER, limit_unit VARCHAR, needed_days INTEGER, is_open BOOLEAN
-- out:    is_kept_by_record BOOLEAN
-- What is due and late is said by the classes of cases (`build_case_classes`): withdrawn before its due date a case is
-- left out, withdrawn after it it is late. Green-lane cases, refusals to accept and due ones without a verdict stand
-- apart. Kept by its record is what is on time by an extension, or by a clock stop without a ground in the law, alone.
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
    quarter(accepted_on) as quarter_number,
    coalesce(stopped_days, 0) > 0 as is_stopped,
    date_trunc('month', due_on) as month_on,
    verdict_class in ('green_lane', 'not_accepted')
    or (is_withdrawn and not is_judged)
    or (verdict_class = 'not_judged' and due_on is not null) as is_apart,
    due_on is null as lacks_limit,
    if(due_on is null, null, is_judged) as is_due,
    is_judged and is_late as is_late,
    accepted_on,
    limit_days,
    limit_unit,
    needed_days,
    is_open,
    not is_late and (is_late_unextended or is_late_with_ground) as is_kept_by_record
from cohort_cases

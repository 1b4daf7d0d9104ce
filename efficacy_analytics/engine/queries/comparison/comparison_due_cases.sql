-- comparison_due_cases: the cases that came due, each with what was to be expected of it, in the order of their due dates
-- from:   comparison_case, comparison_expected
-- out:    department VARCHAR, due_on DATE, is_late BOOLEAN, expected_late_share DOUBLE
select
    cases.department,
    cases.due_on,
    cases.is_late,
    expected.expected_late_share
from comparison_case as cases
left join comparison_expected as expected
    on expected.department is not distinct from cases.department
    and expected.kind is not distinct from cases.kind
    and expected.channel is not distinct from cases.channel
    and expected.season is not distinct from cases.season
    and expected.limit_class is not distinct from cases.limit_class
    and expected.has_stop is not distinct from cases.has_stop
    and expected.item is not distinct from cases.item
where not cases.is_apart and cases.is_due and cases.department is not null
order by cases.department, cases.due_on, cases.case_key

-- comparison_limits: where a rule changed the limit of a department's item and kind: what the cases that came due needed
-- from:   comparison_case, comparison_rule
-- out:    department VARCHAR, item VARCHAR, kind VARCHAR, month VARCHAR, limit_days INTEGER, limit_unit VARCHAR
-- out:    needed_days INTEGER, is_open BOOLEAN, is_late BOOLEAN, due_count BIGINT
select
    due.department,
    due.item,
    due.kind,
    due.month,
    due.limit_days,
    cast(due.limit_unit as varchar) as limit_unit,
    due.needed_days,
    due.is_open,
    due.is_late,
    count(*) as due_count
from comparison_case as due
inner join comparison_rule as rules
    on rules.department is not distinct from due.department
    and rules.item is not distinct from due.item
    and rules.kind is not distinct from due.kind
where not rules.is_unclear
    and not due.is_apart
    and due.is_due
    and due.limit_days is not null
    and due.accepted_on is not null
group by all
order by all nulls last

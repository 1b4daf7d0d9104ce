-- comparison_item_months: the cases of each department and item that came due in each month, how many were late, and why
-- from:   comparison_group, comparison_rule
-- out:    department VARCHAR, item VARCHAR, month VARCHAR, due_count BIGINT, late_count BIGINT
-- out:    kept_by_record_count BIGINT, limit_unclear_count BIGINT
-- Unclear are the cases of a limit that others accepted at the same time do not have.
select
    groups.department,
    groups.item,
    groups.month,
    cast(sum(groups.due_count) as bigint) as due_count,
    cast(sum(groups.late_count) as bigint) as late_count,
    cast(sum(groups.kept_by_record_count) as bigint) as kept_by_record_count,
    cast(sum(if(rules.is_unclear, groups.limited_count, 0)) as bigint) as limit_unclear_count
from comparison_group as groups
left join comparison_rule as rules
    on rules.department is not distinct from groups.department
    and rules.item is not distinct from groups.item
    and rules.kind is not distinct from groups.kind
where groups.due_count > 0
group by groups.department, groups.item, groups.month
order by groups.department nulls last, groups.month, groups.item nulls last

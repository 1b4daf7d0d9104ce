-- comparison_limits: where limits differ between cases of one department, item and kind: what the cases that came due needed
-- from:   comparison_case
-- out:    department VARCHAR, item VARCHAR, kind VARCHAR, month VARCHAR, limit_days INTEGER, limit_unit VARCHAR
-- out:    needed_days INTEGER, is_open BOOLEAN, is_late BOOLEAN, is_unclear BOOLEAN, due_count BIGINT
-- Where each limit has days of acceptance of its own, a rule changed. Where cases accepted at the same time have
-- other limits, the limit is one of cases and it is unclear what would have been that of another period.
with due as (
    select *
    from comparison_case
    where not is_apart and is_due and limit_days is not null and accepted_on is not null
),

limits as (
    select
        department,
        item,
        kind,
        limit_days,
        limit_unit,
        min(accepted_on) as first_on,
        max(accepted_on) as last_on
    from due
    group by department, item, kind, limit_days, limit_unit
),

followed as (
    select
        department,
        item,
        kind,
        lead(first_on) over (
            partition by department, item, kind order by first_on, last_on, limit_days, limit_unit
        ) as next_first_on,
        last_on
    from limits
),

changed as (
    select
        department,
        item,
        kind,
        bool_or(next_first_on <= last_on) as is_unclear
    from followed
    where next_first_on is not null
    group by department, item, kind
)

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
    changed.is_unclear,
    count(*) as due_count
from due
inner join changed
    on changed.department is not distinct from due.department
    and changed.item is not distinct from due.item
    and changed.kind is not distinct from due.kind
group by all
order by all nulls last

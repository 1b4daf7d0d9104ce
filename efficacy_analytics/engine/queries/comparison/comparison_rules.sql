-- comparison_rules: where limits differ between cases of one department, item and kind, as a temporary table
-- from:   comparison_group
-- out:    department VARCHAR, item VARCHAR, kind VARCHAR, is_unclear BOOLEAN
-- Where each limit has days of acceptance of its own, a rule changed. Where cases accepted at the same time have
-- other limits, the limit is one of cases and it is unclear what would have been that of another period.
create or replace temp table comparison_rule as
with limits as (
    select
        department,
        item,
        kind,
        limit_days,
        limit_unit,
        min(limited_first_on) as first_on,
        max(limited_last_on) as last_on
    from comparison_group
    where limited_count > 0
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
)

select
    department,
    item,
    kind,
    bool_or(next_first_on <= last_on) as is_unclear
from followed
where next_first_on is not null
group by department, item, kind

-- comparison_groups: like cases of each department, how many had come due and how many of those were late
-- from:   comparison_case
-- out:    department VARCHAR, item VARCHAR, kind VARCHAR, channel VARCHAR, season VARCHAR, limit_class VARCHAR
-- out:    has_stop VARCHAR, month VARCHAR, due_count BIGINT, late_count BIGINT, not_yet_due_count BIGINT
-- out:    without_limit_count BIGINT, apart_count BIGINT, kept_by_record_count BIGINT
--
-- Groups are counted by what is written of a case, and worded afterwards: there are fewer of them than cases.
with counted as (
    select
        department,
        item,
        kind,
        channel,
        quarter_number,
        limit_days,
        limit_unit,
        is_stopped,
        month_on,
        count(*) filter (where not is_apart and is_due) as due_count,
        count(*) filter (where not is_apart and is_due and is_late) as late_count,
        count(*) filter (where not is_apart and not is_due) as not_yet_due_count,
        count(*) filter (where not is_apart and lacks_limit) as without_limit_count,
        count(*) filter (where is_apart) as apart_count,
        count(*) filter (where not is_apart and is_due and is_kept_by_record) as kept_by_record_count
    from comparison_case
    group by all
)

select
    department,
    item,
    kind,
    channel,
    'Q' || quarter_number as season,
    limit_days || ' ' || limit_unit as limit_class,
    cast(is_stopped as varchar) as has_stop,
    strftime(month_on, '%Y-%m') as month,
    cast(sum(due_count) as bigint) as due_count,
    cast(sum(late_count) as bigint) as late_count,
    cast(sum(not_yet_due_count) as bigint) as not_yet_due_count,
    cast(sum(without_limit_count) as bigint) as without_limit_count,
    cast(sum(apart_count) as bigint) as apart_count,
    cast(sum(kept_by_record_count) as bigint) as kept_by_record_count
from counted
group by department, item, kind, channel, season, limit_class, has_stop, month
order by department nulls last, item nulls last, kind nulls last, channel nulls last, season nulls last,
    limit_class nulls last, has_stop nulls last, month nulls last

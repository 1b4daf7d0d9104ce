-- comparison_groups: like cases of each department, how many had come due and how many of those were late, as a temporary table
-- from:   comparison_case
-- out:    department VARCHAR, item VARCHAR, kind VARCHAR, channel VARCHAR, season VARCHAR, limit_days INTEGER
-- out:    limit_unit VARCHAR, limit_class VARCHAR, has_stop VARCHAR, month VARCHAR, due_count BIGINT, late_count BIGINT
-- out:    not_yet_due_count BIGINT, without_limit_count BIGINT, apart_count BIGINT, kept_by_record_count BIGINT
-- out:    limited_count BIGINT, limited_first_on DATE, limited_last_on DATE
--
-- Groups are counted by what is written of a case, and worded afterwards: there are fewer of them than cases. The unit of
-- a limit without a length says nothing. Limited are the cases that came due by a limit, accepted on a day that is known.
create or replace temp table comparison_group as
with counted as (
    select
        department,
        item,
        kind,
        channel,
        quarter_number,
        limit_days,
        if(limit_days is null, null, limit_unit) as limit_unit,
        is_stopped,
        month_on,
        count(*) filter (where not is_apart and is_due) as due_count,
        count(*) filter (where not is_apart and is_due and is_late) as late_count,
        count(*) filter (where not is_apart and not is_due) as not_yet_due_count,
        count(*) filter (where not is_apart and lacks_limit) as without_limit_count,
        count(*) filter (where is_apart) as apart_count,
        count(*) filter (where not is_apart and is_due and is_kept_by_record) as kept_by_record_count,
        count(accepted_on) filter (where not is_apart and is_due and limit_days is not null) as limited_count,
        min(accepted_on) filter (where not is_apart and is_due and limit_days is not null) as limited_first_on,
        max(accepted_on) filter (where not is_apart and is_due and limit_days is not null) as limited_last_on
    from comparison_case
    group by all
)

select
    department,
    item,
    kind,
    channel,
    'Q' || quarter_number as season,
    limit_days,
    cast(limit_unit as varchar) as limit_unit,
    limit_days || ' ' || limit_unit as limit_class,
    cast(is_stopped as varchar) as has_stop,
    strftime(month_on, '%Y-%m') as month,
    * exclude (department, item, kind, channel, quarter_number, limit_days, limit_unit, is_stopped, month_on)
from counted

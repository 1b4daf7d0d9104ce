-- finding_on_time: cases received, completed, open, judged and late, per department, item or month of acceptance
-- from:   cohort_cases
-- param:  by VARCHAR    department, item or month
-- out:    name VARCHAR, case_count BIGINT, completed_count BIGINT, open_count BIGINT, withdrawn_count BIGINT
-- out:    green_lane_count BIGINT, judged_count BIGINT, late_count BIGINT, on_time_count BIGINT, not_judged_count BIGINT
with considered as (
    select
        case cast($by as varchar)
            when 'department' then cast(department as varchar)
            when 'item' then cast(item as varchar)
            when 'month' then substr(cast(accepted_on as varchar), 1, 7)
        end as name,
        is_withdrawn,
        is_green_lane,
        is_open,
        is_judged,
        is_late,
        verdict_class
    from cohort_cases
)

select
    name,
    count(*) as case_count,
    count(*) filter (where not is_open and not is_withdrawn) as completed_count,
    count(*) filter (where is_open and not is_withdrawn) as open_count,
    count(*) filter (where is_withdrawn) as withdrawn_count,
    count(*) filter (where is_green_lane) as green_lane_count,
    count(*) filter (where is_judged) as judged_count,
    count(*) filter (where is_judged and is_late) as late_count,
    count(*) filter (where is_judged and not is_late) as on_time_count,
    count(*) filter (where verdict_class = 'not_judged') as not_judged_count
from considered
group by name
order by name nulls last

-- finding_on_time: cases received, completed, open, judged and late, per department, item or month of acceptance
-- from:   cohort_cases
-- param:  by VARCHAR    department, item or month
-- out:    name VARCHAR, case_count BIGINT, completed_count BIGINT, open_count BIGINT, withdrawn_count BIGINT
-- out:    judged_count BIGINT, on_time_count BIGINT, by_extension_count BIGINT, late_count BIGINT
-- out:    withdrawn_late_count BIGINT, not_yet_due_count BIGINT, not_judged_count BIGINT, not_accepted_count BIGINT
-- out:    green_lane_count BIGINT, green_lane_judged_count BIGINT, green_lane_late_count BIGINT
-- out:    statutory_judged_count BIGINT, statutory_late_count BIGINT, ungrounded_stop_count BIGINT
-- out:    late_with_grounded_stops_count BIGINT
-- What is judged and late is said by the classes of cases (`build_case_classes`); `on_time_count` has those that needed an
-- extension in it.
with considered as (
    select
        case cast($by as varchar)
            when 'department' then cast(department as varchar)
            when 'item' then cast(item as varchar)
            when 'month' then substr(cast(accepted_on as varchar), 1, 7)
        end as name,
        *
    from cohort_cases
)

select
    name,
    count(*) as case_count,
    count(*) filter (where not is_open and not is_withdrawn and verdict_class <> 'not_accepted') as completed_count,
    count(*) filter (where is_open and not is_withdrawn) as open_count,
    count(*) filter (where is_withdrawn) as withdrawn_count,
    count(*) filter (where is_judged) as judged_count,
    count(*) filter (where is_judged and not is_late) as on_time_count,
    count(*) filter (where verdict_class = 'by_extension') as by_extension_count,
    count(*) filter (where is_judged and is_late) as late_count,
    count(*) filter (where verdict_class = 'withdrawn_late') as withdrawn_late_count,
    count(*) filter (where verdict_class = 'not_yet_due') as not_yet_due_count,
    count(*) filter (where verdict_class = 'not_judged') as not_judged_count,
    count(*) filter (where verdict_class = 'not_accepted') as not_accepted_count,
    count(*) filter (where verdict_class = 'green_lane') as green_lane_count,
    count(*) filter (where is_judged_apart) as green_lane_judged_count,
    count(*) filter (where is_judged_apart and is_late) as green_lane_late_count,
    count(*) filter (where is_judged_by_statute) as statutory_judged_count,
    count(*) filter (where is_judged_by_statute and is_late_by_statute) as statutory_late_count,
    count(*) filter (where is_judged and ungrounded_days > 0) as ungrounded_stop_count,
    count(*) filter (where is_judged and is_late_with_ground) as late_with_grounded_stops_count
from considered
group by name
order by name nulls last

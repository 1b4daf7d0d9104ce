-- finding_limits: per department and item, the limit in force last, its units, and every time that is held against it
-- from:   cohort_cases
-- out:    department VARCHAR, item VARCHAR, statutory_days INTEGER, statutory_unit VARCHAR, promised_days INTEGER
-- out:    limit_days INTEGER, limit_unit VARCHAR, counted_unit VARCHAR, unit_count BIGINT, item_kind VARCHAR
-- out:    completed_count BIGINT, open_count BIGINT, judged_count BIGINT, on_time_count BIGINT, by_extension_count BIGINT
-- out:    withdrawn_count BIGINT, withdrawn_late_count BIGINT, untimed_count BIGINT, needed_days INTEGER[], open_days INTEGER[]
-- Green-lane and withdrawn cases stand outside the promise clock and are left out, but for those withdrawn when they were
-- late: these are judged. Withdrawn cases are counted beside; the time of none of them is used.
-- The days are the shortest limit that a case would have kept (`needed_days`). A limit on the spot is counted in working
-- days, one in months in calendar days.
with withdrawn as (
    select department, item, count(*) as withdrawn_count
    from cohort_cases
    where is_withdrawn
    group by department, item
)

select
    cast(cases.department as varchar) as department,
    cast(cases.item as varchar) as item,
    last(statutory_length order by accepted_on nulls first, case_key) as statutory_days,
    last(statutory_unit order by accepted_on nulls first, case_key) as statutory_unit,
    last(promised_length order by accepted_on nulls first, case_key) as promised_days,
    last(limit_days order by accepted_on nulls first, case_key) as limit_days,
    last(limit_unit order by accepted_on nulls first, case_key) as limit_unit,
    last(counted_unit order by accepted_on nulls first, case_key) as counted_unit,
    count(distinct counted_unit) as unit_count,
    last(cast(kind as varchar) order by accepted_on nulls first, case_key) as item_kind,
    count(*) filter (where not is_open and counted_days is not null and is_under_clock) as completed_count,
    count(*) filter (where is_open and is_under_clock) as open_count,
    count(*) filter (where is_judged) as judged_count,
    count(*) filter (where is_judged and not is_late) as on_time_count,
    count(*) filter (where verdict_class = 'by_extension') as by_extension_count,
    coalesce(any_value(withdrawn.withdrawn_count), 0) as withdrawn_count,
    count(*) filter (where verdict_class = 'withdrawn_late') as withdrawn_late_count,
    count(*) filter (
        where not is_open and applied_on is null and list_contains(clock_flags, 'not_accepted') and is_under_clock
    ) as untimed_count,
    list(cast(needed_days as integer)) filter (where not is_open and counted_days is not null and is_under_clock)
        as needed_days,
    list(cast(needed_days as integer)) filter (where is_open and counted_days is not null and is_under_clock) as open_days
from cohort_cases as cases
left join withdrawn
    on withdrawn.department is not distinct from cases.department and withdrawn.item is not distinct from cases.item
where is_under_clock or is_judged
group by cases.department, cases.item
order by department nulls last, item nulls last

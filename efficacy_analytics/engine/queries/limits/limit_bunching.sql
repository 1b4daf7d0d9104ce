-- limit_bunching: per department and item under the limit in force last, the completed cases of each counted day
-- from:   cohort_cases
-- out:    department VARCHAR, item VARCHAR, limit_days INTEGER, limit_unit VARCHAR, counted_days INTEGER
-- out:    case_count BIGINT
-- Left out: green-lane and withdrawn cases, and limits in months, on the spot and under five days.
with completed as (
    select
        cast(department as varchar) as department,
        cast(item as varchar) as item,
        limit_days,
        cast(limit_unit as varchar) as limit_unit,
        cast(counted_days as integer) as counted_days,
        last(limit_days order by accepted_on nulls first, case_key) over whole as last_days,
        last(cast(limit_unit as varchar) order by accepted_on nulls first, case_key) over whole as last_unit
    from cohort_cases
    where not is_open
        and counted_days is not null
        and is_under_clock
    window whole as (partition by department, item)
)

select
    department,
    item,
    limit_days,
    limit_unit,
    counted_days,
    count(*) as case_count
from completed
where limit_days = last_days
    and limit_unit = last_unit
    and limit_days >= 5
    and limit_unit in ('working_days', 'calendar_days')
group by department, item, limit_days, limit_unit, counted_days
order by department nulls last, item nulls last, counted_days

-- finding_departments: how long a department's completed cases took
-- from:   cohort_cases
-- out:    department VARCHAR, throughput_elapsed_seconds_median DOUBLE, counted_days_median DOUBLE
-- out:    counted_unit VARCHAR
-- Counted days of different units are not mixed: the median is null where a department has more than one. A limit on
-- the spot is counted in working days, one in months in calendar days.
with completed as (
    select
        cast(department as varchar) as department,
        throughput_elapsed_seconds,
        case when limit_unit is not null then counted_days end as counted_days,
        counted_unit
    from cohort_cases
    where not is_open
        and not is_withdrawn
        and verdict_class <> 'not_accepted'
)

select
    department,
    quantile_cont(throughput_elapsed_seconds, 0.5) as throughput_elapsed_seconds_median,
    case when count(distinct counted_unit) = 1 then quantile_cont(counted_days, 0.5) end as counted_days_median,
    case when count(distinct counted_unit) = 1 then min(counted_unit) end as counted_unit
from completed
group by department
order by department nulls last

-- comparison_times: how many cases of each department and item, by month of acceptance, took how many counted days
-- from:   cohort_cases
-- out:    department VARCHAR, item VARCHAR, counted_unit VARCHAR, month VARCHAR, counted_days INTEGER
-- out:    is_completed BOOLEAN, case_count BIGINT
-- An open case and a withdrawn one have taken at least the days counted so far. Left out are green-lane cases, refusals
-- to accept, and cases without a count.
select
    cast(department as varchar) as department,
    cast(item as varchar) as item,
    counted_unit,
    strftime(accepted_on, '%Y-%m') as month,
    cast(counted_days as integer) as counted_days,
    not is_open and not is_withdrawn as is_completed,
    count(*) as case_count
from cohort_cases
where counted_days is not null
    and counted_unit is not null
    and accepted_on is not null
    and department is not null
    and verdict_class not in ('green_lane', 'not_accepted')
group by all
order by all nulls last

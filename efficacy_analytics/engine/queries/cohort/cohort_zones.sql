-- cohort_zones: in which zones the cases of the cohort were recorded, that of most cases first
-- from:   cohort_cases, clock_cases, clock_zones
-- out:    time_zone VARCHAR, case_count BIGINT
select
    zones.time_zone,
    cast(count(*) as bigint) as case_count
from cohort_cases as cases
inner join clock_cases as clock using (case_key)
inner join clock_zones as zones on zones.calendar_number = clock.calendar_number
where zones.time_zone is not null
group by zones.time_zone
order by case_count desc, zones.time_zone

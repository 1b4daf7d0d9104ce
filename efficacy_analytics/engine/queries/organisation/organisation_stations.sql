-- organisation_stations: at how many departments the applicant of a case has to appear
-- from:   cohort_cases, cohort_events, activity_role
-- out:    department VARCHAR, case_count BIGINT, judged_count BIGINT, one_station_count BIGINT
-- out:    one_station_share DOUBLE, station_count_mean DOUBLE
-- Judged are cases with an applicant-facing step of a known department.
with faced as (
    select case_key, count(distinct department) as station_count
    from cohort_events
    where cast(activity as varchar) in (select activity from activity_role where role = 'applicant_facing')
    group by case_key
    having count(distinct department) > 0
)

select
    cast(cohort_cases.department as varchar) as department,
    count(*) as case_count,
    count(faced.case_key) as judged_count,
    count(*) filter (where faced.station_count = 1) as one_station_count,
    count(*) filter (where faced.station_count = 1) / nullif(count(faced.case_key), 0) as one_station_share,
    sum(faced.station_count) / count(faced.case_key) as station_count_mean
from cohort_cases
left join faced using (case_key)
group by cohort_cases.department
order by cast(cohort_cases.department as varchar) nulls last

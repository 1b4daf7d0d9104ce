-- honesty_without_suspicious_stops: per department, cases judged and late, as recorded and with the suspicious clock stops put back
-- from:   cohort_cases, case_verdicts (without the suspicious stops), honesty_suspicious
-- out:    department VARCHAR, judged_count BIGINT, late_count BIGINT, late_count_without_stops BIGINT, turned_count BIGINT
-- out:    suspicious_count BIGINT, suspicious_a_day DOUBLE
-- `suspicious_a_day`: how many of one day each suspicious stop is among, itself counted.
-- Judged (`is_judged`): completed cases with a verdict and open ones past their date; neither withdrawn nor green.
with judged as (
    select
        cases.department,
        cases.case_key,
        cases.is_late,
        coalesce(verdicts.is_late, cases.is_late) as is_late_without_suspicious_stops
    from cohort_cases as cases
    left join case_verdicts as verdicts using (case_key)
    where cases.is_judged
),

of_days as (
    select department, count(*) as suspicious_count
    from honesty_suspicious
    group by department, coalesce(recorded_on, stopped_from_on)
),

stops as (
    select
        department,
        sum(suspicious_count) as suspicious_count,
        sum(suspicious_count * suspicious_count) / sum(suspicious_count) as suspicious_a_day
    from of_days
    group by department
)

select
    judged.department,
    count(*) as judged_count,
    count(*) filter (where is_late) as late_count,
    count(*) filter (where is_late_without_suspicious_stops) as late_count_without_stops,
    count(*) filter (where is_late_without_suspicious_stops and not is_late) as turned_count,
    cast(coalesce(any_value(stops.suspicious_count), 0) as bigint) as suspicious_count,
    cast(coalesce(any_value(stops.suspicious_a_day), 1) as double) as suspicious_a_day
from judged
left join stops on stops.department is not distinct from judged.department
group by judged.department
order by judged.department nulls last

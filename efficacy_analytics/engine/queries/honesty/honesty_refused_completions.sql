-- honesty_refused_completions: per department, its cases that stand though their completion was refused at intake
-- from:   cohort_cases, clock_cases, clock_notes
-- out:    department VARCHAR, refused_completion_count BIGINT
select cohort_cases.department, count(*) as refused_completion_count
from cohort_cases
inner join clock_cases using (case_key)
inner join clock_notes as notes using (note_number)
where notes.is_completion_refused
group by cohort_cases.department
order by department nulls last

-- supervision_complaints: the complaints of a cohort with the working days in which each must be answered
-- from:   complaints, cohort_cases, office_warnings, clock_cases
--
-- A complaint that names no case belongs to the cohort of all cases alone. Its days are those of its case's calendar,
-- else of the first calendar.
create or replace temp table supervision_complaints as
with lengths as (
    select item, department, place, length, valid_from, valid_until
    from office_warnings
    where scope = 'complaint' and length is not null
)

select
    complaints.complaint_id,
    complaints.case_key,
    coalesce(complaints.department, cases.department) as department,
    cases.item,
    complaints.received_on,
    complaints.answered_on,
    coalesce(nullif(clock_cases.calendar_number, 0), 1) as calendar_number,
    lengths.length as answer_days
from complaints
left join cohort_cases as cases using (case_key)
left join clock_cases using (case_key)
inner join lengths
    on coalesce(lengths.item = cases.item, lengths.item is null)
    and coalesce(lengths.department = coalesce(complaints.department, cases.department), lengths.department is null)
    and coalesce(lengths.valid_from <= complaints.received_on, true)
    and coalesce(lengths.valid_until > complaints.received_on, true)
where cases.case_key is not null
   or complaints.case_key is null and (select count(*) from cohort_cases) = (select count(*) from cases)
qualify row_number() over (
    partition by complaints.complaint_id, complaints.source
    order by lengths.item is null, lengths.department is null, lengths.valid_from desc nulls last, lengths.place
) = 1;

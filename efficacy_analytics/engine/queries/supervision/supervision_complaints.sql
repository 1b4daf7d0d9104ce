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
    complaints.source,
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
    on rule_applies(
        lengths.item, lengths.department, lengths.valid_from, lengths.valid_until,
        cases.item, coalesce(complaints.department, cases.department), complaints.received_on
    )
where cases.case_key is not null
   or complaints.case_key is null and (select count(*) from cohort_cases) = (select count(*) from cases)
qualify row_number() over (
    partition by complaints.complaint_id, complaints.source
    order by rule_precedence(lengths.item, lengths.department, lengths.valid_from), lengths.place
) = 1;

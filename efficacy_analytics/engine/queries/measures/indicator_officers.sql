-- indicator_officers: what indicators ask of the cases, each with the officer who did its last step
-- from:   indicator_marks, cohort_events
create or replace temp view indicator_officers as
select cases.*, officers.officer as level_of_case
from indicator_marks as cases
left join (
    select case_key, cast(arg_max(resource, event_number) as varchar) as officer
    from cohort_events
    group by case_key
) as officers using (case_key)
